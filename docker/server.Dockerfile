# The centre. One image, two processes: `commune-radio web` and `commune-radio conductor`.
# Build from the root of the project: docker build --file docker/server.Dockerfile .
FROM python:3.11.13-slim-bookworm AS build
WORKDIR /build
RUN python -m venv /opt/commune-radio
COPY requirements/server.lock requirements/
RUN /opt/commune-radio/bin/pip install --no-cache-dir --require-hashes --requirement requirements/server.lock
COPY pyproject.toml README.md LICENSE THIRD_PARTY.md ./
COPY schedules/ schedules/
COPY media/ media/
COPY server/ server/
RUN /opt/commune-radio/bin/pip install --no-cache-dir --no-index --no-deps --no-build-isolation .

FROM python:3.11.13-slim-bookworm
# The two directories are volumes of their own: the conductor's keys, and what the broker is given to read.
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/commune-radio radio \
    && install -d -m 0700 -o radio /var/lib/commune-radio/keys /var/lib/commune-radio/broker
COPY --from=build /opt/commune-radio /opt/commune-radio
ENV PATH=/opt/commune-radio/bin:$PATH \
    PYTHONUNBUFFERED=1
USER 10001
WORKDIR /var/lib/commune-radio
VOLUME /var/lib/commune-radio
EXPOSE 8080
CMD ["commune-radio", "web"]
