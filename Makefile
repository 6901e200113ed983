# Two commands do all the set-up: `make demo`, `make test`.

export PATH := $(HOME)/.cargo/bin:$(abspath $(or $(CARGO_TARGET_DIR),target))/tools/bin:$(PATH)
# Real-Kafka tests share one broker, and some start another: more than four at a time only wait for each other.
export RUST_TEST_THREADS ?= $(shell n=$$(nproc 2>/dev/null || echo 2); if [ $$n -gt 4 ]; then echo 4; else echo $$n; fi)

.PHONY: demo test checked soak soak-kafka bench lint check deps kafka clean

# Simulated leads on the embedded log: scores, and jumps with their reasons, as they happen.
demo:
	@tools/deps build
	cargo run --locked --release -- demo

# Every test: unit, memory, real Kafka, a real S3 server, real DuckDB, scikit-learn, real Prometheus, kubectl's kustomize.
test: deps
	tests/duckdb/query prepare
	tests/python/venv prepare
	tests/ops/tools prepare
	tests/kafka/broker with tests/s3/server with cargo test --locked --no-fail-fast

# The tests of trees under AddressSanitizer, which sees what a pointer of the vector code should not touch. Rust's own compiler has it
# behind a flag that is not stable.
checked:
	@tools/deps compile
	cd fuzz && RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Zsanitizer=address cargo test --locked --target $$(rustc -vV | sed -n 's/^host: //p')

bench: deps
	tests/kafka/broker with cargo bench --locked --bench step --bench trees --bench training --bench learning --bench dataset --bench growth --bench snapshot --bench restore --bench lane --bench latency --bench recovery

# The simulated cluster on random seeds until stopped; a seed that fails says how to run it again.
soak:
	@tools/deps compile
	cargo test --locked --test simulation -- --soak

# Real processes on real Kafka under seeded faults until stopped; `make soak-kafka FAULTS='--from 100 --faults 1000'` ends.
FAULTS ?= --soak
soak-kafka: deps
	cargo test --locked --test faults -- $(FAULTS)

lint:
	@tools/deps compile
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings

check: lint test

# What a bare Debian lacks.
deps:
	@tools/deps test

# A broker to try things on: `make kafka` opens a shell beside it and stops it when the shell ends.
kafka: deps
	tests/kafka/broker with $${SHELL:-sh}

clean:
	cargo clean
