/** What the watchdog runs. It must start in a millisecond, so it is a script for the system's own shell. */

/**
 * Reads `+ PID START` (a group to end, whose leader started at that clock tick; `-` where none is known) and
 * `- PID`. When the other end of the pipe closes, the owner is dead, for at the end of a run it kills who reads this:
 * ends all groups, their descendants (in case they hide their environment) and all that carry the run's mark ($1).
 */
export const SHELL_SCRIPT = `
trap '' HUP INT QUIT TERM
PATH=$PATH:/usr/bin:/bin
mark=$1
groups=' '
while read -r what pid start; do
  case $what in
    +) groups="$groups$pid/$start " ;;
    -) case $groups in *" $pid/"*) rest=\${groups#* $pid/}; groups="\${groups%% $pid/*} \${rest#* }" ;; esac ;;
  esac
done
live=
for entry in $groups; do
  pid=\${entry%%/*} start=\${entry#*/}
  if [ -r "/proc/$pid/stat" ]; then
    read -r stat < "/proc/$pid/stat"
    set -- \${stat##*) }
    [ "\${20}" = "$start" ] || continue
  fi
  live="$live $pid"
done
marked() {
  grep -lsF "$mark" /proc/[0-9]*/environ | while IFS=/ read -r root proc pid name; do echo "$pid"; done
}
descendants() {
  ps -A -o pid= -o ppid= | awk -v roots="$live" '
    BEGIN { n = split(roots, list, " "); for (i = 1; i <= n; i++) mine[list[i]] = 1 }
    { parent[$1] = $2 }
    END {
      do {
        more = 0
        for (p in parent) if (!(p in mine) && (parent[p] in mine)) { mine[p] = 1; more = 1 }
      } while (more)
      for (p in mine) if (p in parent) print p
    }'
}
end() {
  for pid in $live; do kill -s "$1" -- "-$pid"; done
  for pid in $found; do kill -s "$1" "$pid"; done
}
exec 2>/dev/null
found="$(marked) $(descendants)"
end INT
# What hears it can end its own tools first, and a run within a task tells its bill.
for tick in 1 2 3 4 5 6 7 8 9 10; do
  left=
  for pid in $live; do kill -s 0 -- "-$pid" && left=1; done
  [ -z "$left" ] && break
  sleep 0.1 || sleep 1
done
end TERM
sleep 0.2 || sleep 1
for round in 1 2 3 4 5; do
  found="$found $(marked)"
  end KILL
  found=$(marked)
  [ -z "$found" ] && exit 0
  sleep 0.1 || sleep 1
done
`;

/** The same for systems without a shell: slower to start, and groups only (on Windows: trees). */
export const NODE_SCRIPT = `
const groups = new Set();
let rest = '';
for (const name of ['SIGHUP', 'SIGINT', 'SIGTERM']) process.on(name, () => {});
process.stdin.on('data', (chunk) => {
  const lines = (rest + chunk).split('\\n');
  rest = lines.pop();
  for (const line of lines) {
    const [what, pid] = line.split(' ');
    if (what === '+') groups.add(pid);
    else if (what === '-') groups.delete(pid);
  }
});
process.stdin.on('error', () => {});
process.stdin.on('close', () => {
  for (const pid of groups) {
    if (process.platform === 'win32')
      require('node:child_process').spawnSync('taskkill', ['/pid', pid, '/t', '/f'], { stdio: 'ignore' });
    else try { process.kill(-pid, 'SIGKILL'); } catch {}
  }
});
`;
