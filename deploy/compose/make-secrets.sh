#!/bin/sh
# Makes the keys of a compose installation once: .env for docker compose, and the master key of the vaults.
set -eu
cd "$(dirname "$0")/../.."
mkdir -p .data/compose
[ -f .data/compose/vault.key ] || (umask 022 && openssl rand -hex 32 > .data/compose/vault.key)
touch .env && chmod 600 .env
grep -q '^TOKEN_KEY=' .env || echo "TOKEN_KEY=$(openssl rand -hex 32)" >> .env
grep -q '^POSTGRES_PASSWORD=' .env || echo "POSTGRES_PASSWORD=$(openssl rand -hex 16)" >> .env
echo 'Keys are in .env and .data/compose: keep both, the vaults stay closed without them.'
