# By its full version. By its digest, which only a computer that reaches the registry can ask for:
# docs/deployment.md, "What the container is made of".
ARG BASE=python:3.11.13-slim-bookworm
FROM ${BASE}

# A Hugging Face Space runs as this user, and may write to its home and to /data only, which is
# MIMIMI_HOME where a volume is mounted there, as compose.yaml does.
RUN useradd --create-home --uid 1000 user && install -d -o user -g user /data
WORKDIR /home/user/mimimi

# Dependencies first: they change less often than the code. All but torch by version and hash; of
# torch the build for CPUs, a twentieth of the size of the one for GPUs, which has hashes of its own.
COPY requirements.lock ./
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock \
    && uv pip install --system --no-cache --no-deps --torch-backend=cpu \
        torch==2.11.0 torchaudio==2.11.0 \
    && pip uninstall -y uv

COPY --chown=user . .
RUN pip install --no-cache-dir --no-deps --no-build-isolation .

USER 1000
# Nothing is written but to /data and /tmp, so that all else may be read-only.
ENV HOME=/home/user PORT=7860 MIMIMI_SHARED=1 MIMIMI_HOME=/data/mimimi \
    MPLCONFIGDIR=/tmp/matplotlib PYTHONDONTWRITEBYTECODE=1
EXPOSE 7860
HEALTHCHECK CMD ["sh", "-c", "python -c \"import sys, urllib.request as r; r.urlopen(sys.argv[1])\" http://127.0.0.1:$PORT/_stcore/health"]
# A Space shows the app in a frame of another site, to which browsers send no cookies: protection by
# a cookie would refuse every upload. There is no login whose rights a foreign site could borrow.
CMD ["sh", "-c", "exec streamlit run app/main.py --server.address 0.0.0.0 --server.port $PORT ${SPACE_ID:+--server.enableXsrfProtection false}"]
