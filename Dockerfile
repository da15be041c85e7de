# Builds with everything that building needs; the second stage holds what runs, without compilers,
# pip caches or torch, under a user without rights.
FROM python:3.13-slim AS build
WORKDIR /src
RUN python -m venv /opt/gatehouse
COPY pyproject.toml README.md LICENSE ./
COPY contracts contracts
COPY verifiers verifiers
COPY hardware hardware
COPY store store
COPY enrollment enrollment
COPY gateway gateway
COPY web web
COPY migrations migrations
RUN /opt/gatehouse/bin/pip install --no-cache-dir --disable-pip-version-check ".[voice,postgres,pkcs11]"
RUN /opt/gatehouse/bin/gatehouse models pull

FROM python:3.13-slim
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/gatehouse gatehouse
COPY --from=build /opt/gatehouse /opt/gatehouse
ENV PATH=/opt/gatehouse/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    GATEHOUSE_DATA=/var/lib/gatehouse \
    GATEHOUSE_HOST=0.0.0.0
USER 10001:10001
WORKDIR /var/lib/gatehouse
VOLUME /var/lib/gatehouse
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=3s --start-period=10s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8080/health/ready', timeout=2)"]
CMD ["gatehouse", "serve"]
