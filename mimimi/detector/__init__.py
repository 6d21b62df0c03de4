"""`Detector`: an ensemble of networks, calibrated, that judges recordings and is saved."""
