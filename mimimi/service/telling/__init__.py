"""Who is told: lines on standard output, a webhook, an MQTT broker."""
