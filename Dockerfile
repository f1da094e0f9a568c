# A static program and the roots that TLS needs, nothing else: no shell, no package manager, and no root.
FROM rust:1.95-alpine AS build
RUN apk add --no-cache ca-certificates gcc make musl-dev
WORKDIR /source
COPY . .
RUN cargo build --locked --profile dist --bin authspec && mkdir -p /folders/tmp /folders/work && chmod 1777 /folders/tmp

FROM scratch
COPY --from=build /source/target/dist/authspec /authspec
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY LICENSE-APACHE LICENSE-MIT /licences/
# profile and suites are mounted at /work; reports are written there too
COPY --from=build --chown=65532:65532 /folders/ /
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["/authspec"]
