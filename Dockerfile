# Two images of one file: `listener` (listen, serve, score; no PyTorch, no page) and, by default, the
# page, which can do all: docs/deployment.md, "What the containers are made of".
# The base by its full version. By its digest, which only a computer that reaches the registry can
# ask for: there, too.
ARG BASE=python:3.11.13-slim-bookworm
FROM ${BASE} AS judging

# A Hugging Face Space runs as this user, and may write to its home and to /data only, which is
# MIMIMI_HOME where a volume is mounted there, as compose.yaml does.
RUN useradd --create-home --uid 1000 user && install -d -o user -g user /data
WORKDIR /home/user/mimimi
# Nothing is written but to /data and /tmp, so that all else may be read-only.
ENV HOME=/home/user MIMIMI_HOME=/data/mimimi \
    PYTHONPATH=/home/user/mimimi PYTHONDONTWRITEBYTECODE=1

# Dependencies first, by version and hash: they change less often than the code. Their own tests are
# an eighth of them.
COPY requirements-listener.lock ./
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements-listener.lock \
    && find /usr/local/lib -type d \( -name test -o -name tests \) -prune -exec rm -r {} +


FROM judging AS listener

# For a sound card: `docker run --device /dev/snd --group-add audio`.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends libportaudio2 \
    && rm -rf /var/lib/apt/lists/*
COPY LICENSE ./
COPY checkpoints checkpoints
COPY mimimi mimimi
RUN python -m compileall -q mimimi
USER 1000
CMD ["python", "-m", "mimimi", "listen"]


FROM judging AS page

# Of torch the build for CPUs, a twentieth of the size of the one for GPUs, which has hashes of its
# own.
COPY requirements.lock ./
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock \
    && uv pip install --system --no-cache --no-deps --compile-bytecode --torch-backend=cpu \
        torch==2.11.0 torchaudio==2.11.0 \
    && pip uninstall -y uv
COPY . .
RUN python -m compileall -q app mimimi
USER 1000
ENV PORT=7860 MIMIMI_SHARED=1 MPLCONFIGDIR=/tmp/matplotlib
EXPOSE 7860
HEALTHCHECK CMD ["sh", "-c", "python -c \"import sys, urllib.request as r; r.urlopen(sys.argv[1])\" http://127.0.0.1:$PORT/_stcore/health"]
# A Space shows the app in a frame of another site, to which browsers send no cookies: protection by
# a cookie would refuse every upload. There is no login whose rights a foreign site could borrow.
CMD ["sh", "-c", "exec streamlit run app/main.py --server.address 0.0.0.0 --server.port $PORT ${SPACE_ID:+--server.enableXsrfProtection false}"]
