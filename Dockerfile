# The site as a container: the web server by default, the background worker as `docker run IMAGE worker`.
# It needs a Postgres (DATABASE_URL) and a secret (SECRET_KEY or SECRET_KEY_FILE); uploads and what the site writes
# for itself live in /data. compose.yaml puts the three together.

FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /app
RUN python -m venv /app/.venv
COPY requirements/build.lock requirements/deploy.lock requirements/
# feedgen exists as source only: it is built with the setuptools of build.lock.
RUN /app/.venv/bin/python -m pip install --require-hashes --only-binary :all: -r requirements/build.lock \
    && /app/.venv/bin/python -m pip install --require-hashes --only-binary :all: --no-binary feedgen \
        --no-build-isolation -r requirements/deploy.lock

FROM python:3.13-slim
RUN groupadd --gid 10001 site \
    && useradd --uid 10001 --gid site --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin site \
    && mkdir -p /data/var /data/media \
    && chown -R site:site /data
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=coproduction_site.settings \
    HOST=0.0.0.0 \
    PORT=8000 \
    VAR_DIR=/data/var \
    MEDIA_DIR=/data/media
WORKDIR /app
COPY --from=build /app/.venv /app/.venv
COPY . /app
RUN python -m compileall -q coproduction_site episodes transcripts downloads publishing
USER 10001:10001
VOLUME /data
EXPOSE 8000
# Any answer below 500 is a sign of life: behind HTTPS the site redirects this plain request.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-m", "coproduction_site.container", "healthy"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["python", "-m", "coproduction_site.container"]
CMD ["web"]
