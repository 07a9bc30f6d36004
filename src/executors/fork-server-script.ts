/** What the fork server runs: Perl without modules, for it must start in milliseconds and stay small. */

/** The script's variable in the server's environment. It tells a process that is only about to become a task. */
export const FORK_SERVER = 'BATCHTOOL_FORK_SERVER';

/**
 * Arguments: its name for lists of processes, the owner's number, the numbers of the system call `setsid` and of the flags for
 * logs and for pipes. Descriptor 3 leads to the owner.
 *
 * Reads messages, each a length in bytes, a newline and fields between NULs: `ID CWD LOG FILE N ARGUMENT… NAME VALUE …`,
 * where LOG is a descriptor of the owner, which may close it once the start is told; with an empty ID the names and values are the base of all environments from
 * now on. Writes lines: `ready`, `s ID PID` (started), `e ID STATUS` (ended, as `waitpid` says it), `x ID ERRNO` (could
 * not be started). A start is told along with the next end, or after 3 ms: who has less to read gets more done.
 *
 * Signals have handlers instead of being ignored: handlers are gone after `exec`. Those that end a task are reset before
 * its group exists, so that it cannot miss one. A child that ends just before the
 * `select` is noticed at its next turn, for Perl has no `pselect`: therefore it turns ten times a second.
 */
export const FORK_SERVER_SCRIPT = String.raw`
my (undef, $owner, $setsid, $to_file, $to_pipe) = @ARGV;
my $EINTR = 4;
exit unless defined readlink "/proc/$owner/fd/0";
open my $line, '+<&=', 3 or exit;
fcntl $line, 2, 1 or exit;
close STDOUT;
close STDERR;
$SIG{$_} = sub { } for qw(CHLD HUP INT QUIT TERM);
my ($in, $out, %ids) = ('', "ready\n");
vec(my $wanted = '', 3, 1) = 1;

sub report {
  while ($out ne '') {
    my $written = syswrite $line, $out;
    if (defined $written) { substr $out, 0, $written, '' }
    elsif ($! != $EINTR) { exit }
  }
}

sub become {
  my ($id, $cwd, undef, $file, $count, @rest) = split /\0/, $_[0], -1;
  $SIG{INT} = $SIG{TERM} = 'DEFAULT';
  syscall 0 + $setsid;
  my @arguments = splice @rest, 0, $count;
  my %own = @rest;
  @ENV{keys %own} = values %own;
  chdir $cwd
    and open(STDERR, '>&', \*STDOUT)
    and exec { $file } $file, @arguments;
  syswrite $line, "x $id " . ($! + 0) . "\n";
  kill 9, $$;
}

sub carry_out {
  my ($id, undef, $log) = split /\0/, $_[0], 4;
  if ($id eq '') {
    (undef, my %base) = split /\0/, $_[0], -1;
    %ENV = %base;
    return;
  }
  exit if getppid != $owner;
  $log = "/proc/$owner/fd/$log";
  my $pid = sysopen(STDOUT, $log, -p $log ? $to_pipe : $to_file) ? fork : undef;
  if (!defined $pid) {
    $out .= "x $id " . ($! + 0) . "\n";
    close STDOUT;
    return 1;
  }
  become($_[0]) if $pid == 0;
  close STDOUT;
  $ids{$pid} = $id;
  $out .= "s $id $pid\n";
  return;
}

while (1) {
  my $ready = $wanted;
  my $due = select $ready, undef, undef, $out ne '' ? 0.003 : %ids ? 0.1 : undef;
  my $urgent = $due == 0 || length $out > 2000;
  if ($due > 0) {
    my $got = sysread $line, $in, 65536, length $in;
    exit if defined $got ? $got == 0 : $! != $EINTR;
    while ((my $end = index $in, "\n") > 0) {
      my $size = substr $in, 0, $end;
      last if length $in < $end + 1 + $size;
      my $message = substr $in, $end + 1, $size;
      substr $in, 0, $end + 1 + $size, '';
      $urgent = 1 if carry_out($message);
    }
  }
  while (%ids and (my $pid = waitpid -1, 1) > 0) {
    $out .= 'e ' . delete($ids{$pid}) . " $?\n";
    $urgent = 1;
  }
  report() if $urgent;
}
`;
