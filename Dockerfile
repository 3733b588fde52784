# syntax=docker/dockerfile:1

# -- what the site runs with ---------------------------------------------------------
FROM python:3.11-slim-bookworm AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
COPY requirements/runtime.lock /tmp/
RUN /venv/bin/pip install --require-hashes -r /tmp/runtime.lock \
    && /venv/bin/pip uninstall --yes pip setuptools

# -- files that are made: front end, translations, hashed and compressed static files --
FROM python:3.11-slim-bookworm AS files
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
COPY requirements/demo.lock requirements/
RUN pip install --require-hashes -r requirements/demo.lock
COPY package.json package-lock.json ./
COPY static static
COPY servicedesk/local/assets.py servicedesk/local/assets.py
RUN python servicedesk/local/assets.py
COPY . .
# Collecting reads the settings and reaches nothing; these values end with this stage.
RUN python -m servicedesk.local.translations compile \
    && ENVIRONMENT=demo SECRET_KEY=not-used BASE_DOMAIN=localhost \
       REDIS_URL=redis://localhost/0 DATABASE_URL=postgres://sd_app@localhost/none \
       DATABASE_SYSTEM_URL=postgres://sd_system@localhost/none \
       python manage.py collectstatic --noinput --verbosity 0 \
       --ignore redoc --ignore rest_framework --ignore icons.txt

# -- the image -----------------------------------------------------------------------
FROM python:3.11-slim-bookworm
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=servicedesk.settings \
    MEDIA_ROOT=/data/media \
    BEAT_SCHEDULE_FILE=/tmp/beat-schedule
# Pango, for papers as PDF.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 10001 desk \
    && useradd --uid 10001 --gid desk --no-create-home --shell /usr/sbin/nologin desk \
    && install -d -o desk -g desk -m 0700 /data/media
WORKDIR /app
COPY --from=packages /venv /venv
COPY --from=files /app/staticfiles staticfiles
COPY . .
COPY --from=files /app/locale locale
COPY --from=files /app/documents/fonts documents/fonts
USER desk
VOLUME /data/media
EXPOSE 8000
CMD ["gunicorn", "--config", "deploy/gunicorn.conf.py", "servicedesk.wsgi:application"]
