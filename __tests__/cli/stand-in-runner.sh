#!/bin/sh
# Stands in for a SPARC runner such as flowx or claude-flow. It notes its arguments (each ended by a NUL), its variables
# and what it found as context, then does what the file `act` says, if there is one.
notes=$STAND_IN_NOTES/$BATCHTOOL_TASK_ID.$BATCHTOOL_ATTEMPT
printf '%s\0' "$@" > "$notes.args"
env > "$notes.env"
cp -RL "$BATCHTOOL_CONTEXT" "$notes.context"
if [ -e "$STAND_IN_NOTES/act" ]; then . "$STAND_IN_NOTES/act"; fi
