#!/bin/sh
# Stands in for npx in the tests: runs a program of node_modules/.bin or of PATH, as npx does with one that is installed,
# and can download nothing. (npx itself takes half a second to start.)
name=${1%@*}
STAND_IN_VIA="npx $1"
export STAND_IN_VIA
shift
PATH=node_modules/.bin:$PATH exec "$name" "$@"
