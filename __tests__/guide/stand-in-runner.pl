#!/usr/bin/env perl
# Stands in for a SPARC runner (flowx, claude-flow, ruflo, sparc) in the tests. It does no work: it notes how it was
# called, in $HOME/stand-in/calls.jsonl, one line when it begins and one when it ends; and it acts as the first rule of
# $HOME/stand-in/script says whose regular expression matches "TASK#ROUND.ATTEMPT ARGUMENTS". A rule is a line of parts with tabs
# between them: the expression, then steps. Perl, because it starts in 2 ms.
use strict;
use warnings;

my $home = "$ENV{HOME}/stand-in";
my ($runner) = $0 =~ m{([^/]+)$};

sub json {
  my ($value) = @_;
  return 'null' unless defined $value;
  return '[' . join(',', map { json($_) } @$value) . ']' if ref $value eq 'ARRAY';
  return '{' . join(',', map { json($_) . ':' . json($value->{$_}) } sort keys %$value) . '}' if ref $value eq 'HASH';
  $value =~ s/(["\\])/\\$1/g;
  $value =~ s/([\x00-\x1f])/sprintf '\\u%04x', ord $1/ge;
  return "\"$value\"";
}

# One write on a file opened for appending: lines of several processes do not mix, and their order is that of the writes.
sub note {
  open my $calls, '>>', "$home/calls.jsonl" or die "$home/calls.jsonl: $!";
  syswrite $calls, json({ @_, pid => "$$" }) . "\n";
}

sub end {
  my ($kind, $value) = @_;
  note(at => 'end', $kind => "$value");
  exit $value if $kind eq 'code';
  $SIG{$value} = 'DEFAULT';
  # From a handler it arrives only when that has returned.
  kill $value, $$;
}

sub wait_until {
  my ($what, $holds) = @_;
  for (1 .. 2000) {
    return if $holds->();
    select undef, undef, undef, 0.01;
  }
  print "waited in vain for $what\n";
  end(code => 99);
}

sub touch { open my $file, '>', $_[0] or die "$_[0]: $!" }

sub names {
  opendir my $folder, $_[0] or return ();
  return grep { !/^\./ } readdir $folder;
}

sub context {
  my $folder = $ENV{BATCHTOOL_CONTEXT} // return {};
  my %found;
  for my $name (names($folder)) {
    open my $file, '<', "$folder/$name" or next;
    local $/;
    $found{$name} = <$file>;
  }
  return \%found;
}

my $said = 0;
my %steps = (
  say  => sub { $said = 1; print "$_[0]\n" },
  part => sub { $said = 1; print $_[0] },
  output => sub { open my $file, '>>', $ENV{BATCHTOOL_OUTPUT} or die $!; print $file "$_[0]\n" },
  touch => sub { touch("$home/$_[0]") },
  wait => sub { my ($name) = @_; wait_until($name, sub { -e "$home/$name" }) },
  # Goes on when so many have come: they run at one time.
  meet => sub {
    my ($place, $count) = split ' ', $_[0];
    mkdir "$home/$place";
    touch("$home/$place/$$");
    wait_until("$count at $place", sub { my @there = names("$home/$place"); @there >= $count });
  },
  hang => sub { touch("$home/hanging"); sleep 1 while 1 },
  grow => sub { our $held = 'x' x ($_[0] * 1_000_000) },
  deaf => sub { $SIG{INT} = $SIG{TERM} = 'IGNORE'; touch("$home/deaf"); sleep 1 while 1 },
  # What the file says to a shell.
  sh => sub { $said = 1; system('sh', "$home/$_[0]") and end(code => ($? >> 8) || 1) },
  crash => sub { end(signal => $_[0]) },
  exit => sub { end(code => $_[0]) },
);

$| = 1;
for my $signal ('INT', 'TERM') { $SIG{$signal} = sub { end(signal => $signal) } }
note(
  at => 'begin', runner => $runner, via => $ENV{STAND_IN_VIA} // '', argv => [@ARGV],
  env => { map { $_ => $ENV{$_} } grep { /^(BATCHTOOL_|STAND_IN_SEEN)/ } keys %ENV },
  cwd => $ENV{PWD}, context => context(),
);

my $task = $ENV{BATCHTOOL_TASK_ID} // '';
my $key = "$task#" . ($ENV{BATCHTOOL_ROUND} // '') . '.' . ($ENV{BATCHTOOL_ATTEMPT} // '') . " @ARGV";
if (open my $script, '<', "$home/script") {
  while (my $rule = <$script>) {
    chomp $rule;
    my ($expression, @parts) = split /\t/, $rule;
    next unless $key =~ /$expression/;
    for my $part (@parts) {
      my ($step, $rest) = split / /, $part, 2;
      # The other steps of the rule only when the file is there.
      if ($step eq 'if') { -e "$home/$rest" ? next : last }
      $steps{$step}->($rest);
    }
    last;
  }
}
print "result of $task\n" unless $said;
end(code => 0);
