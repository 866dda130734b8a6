#!/usr/bin/env bash
# Sourced by ../build.sh: the conformance kit, with the same sanitizers as the library.
kit/build.sh "$PWD/$out" "${sanitize[@]}"
