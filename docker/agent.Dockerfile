# The loudspeaker side: nothing of the server is in this image.
# Build from the root of the project: docker build --file docker/agent.Dockerfile .
FROM python:3.11.13-slim-bookworm AS build
WORKDIR /build
RUN python -m venv /opt/station-agent
COPY requirements/agent.lock requirements/
RUN /opt/station-agent/bin/pip install --no-cache-dir --require-hashes --requirement requirements/agent.lock
COPY pyproject.toml README.md LICENSE THIRD_PARTY.md ./
COPY schedules/ schedules/
COPY station_agent/ station_agent/
RUN /opt/station-agent/bin/pip install --no-cache-dir --no-index --no-deps --no-build-isolation .

FROM python:3.11.13-slim-bookworm
# Sound goes out by ALSA; without a card the agent plays to a silent device.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libasound2=1.2.8-1+b1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10002 --groups audio --create-home --home-dir /var/lib/station-agent agent
COPY --from=build /opt/station-agent /opt/station-agent
ENV PATH=/opt/station-agent/bin:$PATH \
    PYTHONUNBUFFERED=1
USER 10002
WORKDIR /var/lib/station-agent
VOLUME /var/lib/station-agent
CMD ["station-agent", "run", "--config", "/etc/station-agent/config.toml"]
