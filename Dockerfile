# The first stage builds a static binary; the second holds it and nothing else:
# no shell, no package manager, no root.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /derisk . && mkdir /data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /derisk /derisk
# The database lies on a volume, beside your own rules.d and measures.d.
COPY --from=build --chown=65532:65532 /data /data
USER 65532:65532
WORKDIR /data
VOLUME /data
ENV DERISK_DB=/data/derisk.db
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s CMD ["/derisk", "doctor", "--alive"]
ENTRYPOINT ["/derisk"]
CMD ["run"]
