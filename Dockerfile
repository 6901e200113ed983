# syntax=docker/dockerfile:1
# needle in an image: one binary, the libraries it is linked against, nothing to write to. Built in layers that change as seldom as
# they can: system, dependencies, needle.
#
#   docker build -t needle:0.1.0 .

# Rust is the oldest that Cargo.toml allows; Debian is the same below and above, so that OpenSSL is the one that was linked.
FROM rust:1.89-slim-bookworm AS system
WORKDIR /src
RUN cargo install --locked cargo-chef@0.1.78
# What compiling takes is said in one place for people, CI and images.
COPY Cargo.toml ./
COPY tools/deps tools/deps
RUN tools/deps build && rm -rf /var/lib/apt/lists/*
# Where it puts a CMake that is new enough for LightGBM.
ENV PATH=/src/target/tools/bin:$PATH

# What the dependencies are, without needle's own sources: the same until Cargo.toml or Cargo.lock change.
FROM system AS recipe
COPY . .
RUN cargo chef prepare --recipe-path recipe.json

FROM system AS build
COPY --from=recipe /src/recipe.json recipe.json
# How the allocator is set belongs to its build.
COPY .cargo .cargo
RUN cargo chef cook --locked --release --bin needle --recipe-path recipe.json
COPY . .
RUN cargo build --locked --release --bin needle && strip --strip-debug target/release/needle

FROM debian:bookworm-slim
# Not pinned: a rebuild is to bring what security has mended.
# hadolint ignore=DL3008
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends ca-certificates libgcc-s1 libgomp1 libssl3 libstdc++6 zlib1g \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin \
    && groupadd --gid 10001 needle \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/needle --shell /usr/sbin/nologin needle \
    && install -d -o needle -g needle /var/lib/needle
COPY --from=build /src/target/release/needle /usr/local/bin/needle
COPY LICENSE /usr/share/doc/needle/
# By number: Kubernetes must see that it is not root.
USER 10001:10001
WORKDIR /var/lib/needle
EXPOSE 9464
# Not by a shell: the signal that ends it must reach it.
ENTRYPOINT ["/usr/local/bin/needle"]
CMD ["run"]
