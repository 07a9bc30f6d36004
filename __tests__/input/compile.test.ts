import { describe, expect, test } from '@jest/globals';
import { asked, needsIn, planned, refused, right, run, textsIn } from './typed.js';

describe('run with texts', () => {
  test('gives a whole plan', () => {
    expect(planned(['--parallel', 'echo one', 'sh: echo two | cat'])).toEqual({
      version: 1,
      name: 'parallel',
      pattern: 'parallel',
      tags: [],
      tasks: ['echo one', 'echo two | cat'].map((text, index) => ({
        id: String(index + 1),
        label: text,
        work: { kind: 'command', text },
        needs: [],
        when: 'success',
        tags: [],
        priority: 0,
        pools: ['main'],
        retry: { max: 0, delayMillis: 1000, maxDelayMillis: 60_000 },
        limits: {},
        env: {},
      })),
      loops: [],
      pools: { main: 4 },
      onError: 'skip',
      rateLimitWaitMillis: 3_600_000,
      cwd: '/home/me',
      env: {},
      secrets: [],
      graceMillis: 5000,
    });
  });

  test('is parallel without a mode', () => {
    expect(planned(['echo 1', 'echo 2']).pattern).toBe('parallel');
    expect(planned(['--concurrent', 'echo 1']).pattern).toBe('parallel');
  });

  test('in sequence waits for the one before', () => {
    expect(needsIn(planned(['--sequential', 'a', 'b', 'c']))).toEqual({ 1: [], 2: ['~1'], 3: ['~2'] });
  });

  test('as a graph takes ids and needs from --task', () => {
    const argv = [
      '--dependency-aware',
      '--task',
      "db:flowx sparc run code 'database layer' --non-interactive",
      '--task',
      "auth:flowx sparc run code 'auth service' --non-interactive:depends=db",
      '--task',
      "api:flowx sparc run code 'API layer' --non-interactive:depends=auth,db",
    ];
    const plan = planned(argv, { machine: { resolves: (word) => word === 'flowx' } });
    expect(needsIn(plan)).toEqual({ db: [], auth: ['db'], api: ['auth', 'db'] });
    expect(textsIn(plan)[1]).toBe("flowx sparc run code 'auth service' --non-interactive");
  });

  test('as a graph takes JSON', () => {
    const plan = planned(['--dependency-graph', '{"b":["a"]}', '--tasks', '{"a":"x","b":"y"}']);
    expect(needsIn(plan)).toEqual({ a: [], b: ['a'] });
  });

  test('keeps every character of a text', () => {
    const texts = ['echo "a\n\tb" \'c\' $(date) `id` 🙂 \\n', `echo ${'x'.repeat(200_000)}`];
    expect(textsIn(planned(texts))).toEqual(texts);
  });

  test('labels a text by its first line, clean and cut, and shows that it goes on', () => {
    const texts = ['\n  echo  \u001b[31mred\t1\necho 2', `echo ${'🙂'.repeat(100)}`];
    const labels = planned(texts).tasks.map(({ label }) => label);
    expect(labels[0]).toBe('echo [31mred 1…');
    expect([...(labels[1] ?? '')]).toHaveLength(80);
    expect(labels[1]).toMatch(/🙂…$/u);
  });

  test('fills in what flags say', () => {
    const argv = [
      '--timeout',
      '30m',
      '--idle-timeout',
      '10m',
      '--memory-limit',
      '2GB',
      '--max-output',
      '1GB',
      '--priority',
      'high',
    ];
    const more = [
      '--max-retries',
      '2',
      '--retry-delay',
      '5m',
      '--shell',
      'bash',
      '--max-concurrent',
      '9',
      '--grace',
      '0',
    ];
    const rest = [
      '--name',
      'n',
      '--tag',
      't',
      '--tag',
      'u',
      '--namespace',
      'ns',
      '--cwd',
      'sub',
      '--env',
      'A=1',
      '--on-error',
      'fail-fast',
    ];
    expect(planned([...argv, ...more, ...rest, 'x'])).toMatchObject({
      name: 'n',
      tags: ['t', 'u'],
      namespace: 'ns',
      pools: { main: 9 },
      onError: 'fail-fast',
      cwd: '/home/me/sub',
      env: { A: '1' },
      graceMillis: 0,
      tasks: [
        {
          work: { kind: 'command', text: 'x', shell: ['bash', '-c'] },
          limits: { timeoutMillis: 1_800_000, idleMillis: 600_000, memoryBytes: 2e9, outputBytes: 1e9 },
          priority: 100,
          retry: { max: 2, delayMillis: 300_000, maxDelayMillis: 300_000 },
        },
      ],
    });
  });

  test('with --on-error retry tries three more times and then skips', () => {
    expect(planned(['--on-error', 'retry', 'x'])).toMatchObject({
      onError: 'skip',
      tasks: [{ retry: { max: 3 } }],
    });
  });

  test('tells what is wrong with texts together with what is wrong with their graph', () => {
    const messages = (...argv: string[]): string[] =>
      refused(argv).map((text) => text.split('\n')[0] as string);
    const tasks = [
      'nothing',
      'a:npmm test:depends=b',
      'b:x:depends=a',
      'c:x:depends=b, c',
      'd:x:depends=zz',
      'd:y',
    ];
    expect(messages(...tasks.flatMap((task) => ['--task', task]))).toEqual([
      '--task: expected ID:TEXT, found "nothing"',
      'task a: "npmm test" begins with "npmm", which is no command',
      '--task c: ":depends=b, c" is malformed',
      'duplicate task id "d"',
      'task "d" needs "zz", which is not in the plan',
      'the tasks need each other in a circle: a → b → a',
    ]);
    const graph = ['--dependency-graph', '{"a":["zz"],"b":["b"],"q":["a"]}', '--tasks', '{"a":"x","b":"y"}'];
    expect(messages(...graph)).toEqual([
      '--dependency-graph: task "q" has no text in --tasks',
      'task "a" needs "zz", which is not in the plan',
      'task "b" needs itself',
    ]);
    expect(messages('--component-parallel', '--a', 'x:depends=', '--b', 'y:depends=a,zz')).toEqual([
      '--a: ":depends=" is malformed',
      'task "b" needs "zz", which is not in the plan',
    ]);
  });

  test.each([
    [
      ['npmm i', 'install all the packages', 'foo; bar'],
      ['text 1: ', 'text 2: ', 'text 3: '],
    ],
    [['prompt: do it'], ['task 1: "do it" is for a coding agent, and none is installed']],
    [['--task', 'a:code: do it'], ['task a: "do it" is for a coding agent, and none']],
    [['--task', 'a:x', '--task', 'a:y'], ['duplicate task id "a"']],
    [
      ['--task', 'a:x:depends=b', '--task', 'b:y:depends=a'],
      ['the tasks need each other in a circle: a → b → a'],
    ],
    [['--task', 'a:x:depends=a'], ['task "a" needs itself']],
    [
      ['--task', 'build:x', '--task', 'b:y:depends=biuld,b'],
      [
        'task "b" needs "biuld", which is not in the plan\n  hint: did you mean "build"?',
        'task "b" needs itself',
      ],
    ],
    [
      ['--task', '../x:y', '--task', 'con:y', '--task', `${'a'.repeat(300)}:y`],
      ['task id "../x"', 'task id "con"', 'task id "aaa'],
    ],
    [['--task', 'a-b:x', '--task', 'a_b:x'], ['give the same variable name BATCHTOOL_OUTPUT_A_B']],
    [['--name', 'a\nb', 'x'], ['--name: expected a name in one line']],
    [['--name', 'n'.repeat(201), 'x'], ['--name: expected a name of at most 200 characters, found 201']],
    [['--tag', '\u0007', 'x'], ['--tag: expected a tag in one line']],
    [['--namespace', 'a/b', 'x'], ['--namespace: namespace "a/b" may hold only']],
    [['--shell', 'foo', 'x'], ['--shell: "foo" does not say how it takes a text']],
    [['--shell', 'zsh', 'x'], ['--shell: the program zsh is not on PATH\n  hint: when no shell is named']],
    [['--shell', './gone -c', 'x'], ['--shell: the program /home/me/gone does not exist']],
    [['--cwd', 'gone', 'x'], ['--cwd: the folder /home/me/gone does not exist']],
    [['--cwd', 'build.sh', 'x'], ['--cwd: /home/me/build.sh is not a folder']],
    [
      ['--pass-env', 'A=b', 'x'],
      ['--pass-env: "A" is no name of a variable\n  hint: a value is given with --env K=V'],
    ],
    [['--pass-env', 'NOT_SET', 'x'], ['the variable NOT_SET is to be passed to tasks but is not set']],
  ])('%j is refused', (argv, messages) => {
    const faults = refused(argv);
    expect(faults).toHaveLength(messages.length);
    for (const [index, message] of messages.entries()) expect(faults[index]).toContain(message);
  });

  test('refuses to let npx download a runner, and takes an installed one', () => {
    const text = `npx claude-flow@alpha sparc run code 'x'`;
    expect(refused(['--runner', 'as-written', text])).toEqual([
      expect.stringContaining('claude-flow is not installed, and batchtool never lets npx download it'),
    ]);
    const resolves = (word: string): boolean =>
      ['npx', '/home/me/node_modules/.bin/claude-flow'].includes(word);
    expect(textsIn(planned([text], { machine: { resolves } }))).toEqual([text]);
    expect(textsIn(planned([`sh: ${text}`]))).toEqual([text]);
  });
});

test('a path in a text is looked for where the tasks will work', () => {
  const SUB = ['/home/me/sub', '/home/me/sub/.'];
  const kindAmong = (files: readonly string[], ...argv: string[]): unknown => {
    const resolves = (word: string): boolean => word === 'flowx' || files.includes(word);
    return right(asked('orchestrate', ['--a', './x.sh', ...argv], { machine: { resolves } })).tasks[0]?.work
      .kind;
  };
  expect(kindAmong(['./x.sh'])).toBe('command');
  expect(kindAmong([...SUB, './x.sh'], '--cwd', 'sub')).toBe('prompt');
  expect(kindAmong([...SUB, '/home/me/sub/x.sh'], '--cwd', 'sub')).toBe('command');
});

describe('secrets', () => {
  test('never enter the plan, only their names', () => {
    const plan = planned(['--env', 'API_TOKEN=geheim', '--env', 'STAGE=x', '--pass-env', 'HOST', 'x'], {
      machine: { env: { HOST: 'wert' } },
    });
    expect(JSON.stringify(plan)).not.toMatch(/geheim|wert/);
    expect(plan).toMatchObject({
      env: { STAGE: 'x' },
      secrets: ['HOST', 'API_TOKEN'],
      passEnv: ['HOST', 'API_TOKEN'],
    });
  });

  test('without --pass-env leave the environment as it is', () => {
    const plan = planned(['--env', 'API_TOKEN=x', 'x']);
    expect(plan.passEnv).toBeUndefined();
    expect(plan.secrets).toEqual(['API_TOKEN']);
  });

  test('win over a plain value in the plan file', () => {
    const file = 'env: {A_KEY: plain}\ntasks: {a: {run: x, env: {A_KEY: own, B: c}}}';
    const plan = planned(['--env', 'A_KEY=secret'], { file });
    expect([plan.env, plan.tasks[0]?.env]).toEqual([{}, { B: 'c' }]);
  });
});

describe('run with a plan file', () => {
  const FILE = `
name: nightly
defaults: {timeout: 10m, retry: 1}
tasks:
  build: {run: make, timeout: 1h, priority: low, env: {A: '1', B: '2'}, shell: bash}
  test: {run: make test, needs: build, tags: [quick], retry: 0}
`;

  test('takes what the file says', () => {
    const plan = planned([], { file: FILE });
    expect(plan).toMatchObject({ name: 'nightly', pattern: 'file' });
    expect(needsIn(plan)).toEqual({ build: [], test: ['build'] });
    expect(plan.tasks.map(({ limits, retry }) => [limits.timeoutMillis, retry.max])).toEqual([
      [3_600_000, 1],
      [600_000, 0],
    ]);
  });

  test('lets flags and variables win, over the words of a task too', () => {
    const argv = [
      '--timeout',
      '5s',
      '--max-retries=7',
      '--priority',
      '3',
      '--env',
      'A=9',
      '--shell',
      'sh -c',
      '--name',
      'n',
    ];
    const plan = planned(argv, { file: FILE, machine: { env: { BATCHTOOL_MEMORY_LIMIT: '1GB' } } });
    expect(plan).toMatchObject({ name: 'n', env: { A: '9' } });
    for (const task of plan.tasks)
      expect(task).toMatchObject({
        limits: { timeoutMillis: 5000, memoryBytes: 1e9 },
        retry: { max: 7 },
        priority: 3,
      });
    expect(plan.tasks[0]?.env).toEqual({ B: '2' });
    expect(plan.tasks[0]?.work).toEqual({ kind: 'command', text: 'make' });
  });

  test('leaves a task the shell that it names itself', () => {
    const file = 'defaults: {shell: bash}\ntasks: {a: {run: x}, b: {run: y, shell: sh -c}}';
    const shells = planned([], { file }).tasks.map(({ work }) => work.kind === 'command' && work.shell);
    expect(shells).toEqual([
      ['bash', '-c'],
      ['sh', '-c'],
    ]);
  });

  test('is named after the file when nobody names it', () => {
    const file = 'tasks: {a: {run: x}}';
    expect(planned([], { file, name: 'ci/nightly.plan.yml' }).name).toBe('nightly.plan');
    expect(planned([], { file, name: '.yml' }).name).toBe('.yml');
  });

  test('runs it in order with --sequential, or when it says so', () => {
    const tasks = 'tasks: {a: {run: x}, b: {run: y}, c: {run: z, needs: b}}';
    const inOrder = { a: [], b: ['~a'], c: ['b'] };
    expect(needsIn(planned(['--sequential'], { file: tasks }))).toEqual(inOrder);
    const plan = planned([], { file: `pattern: sequential\n${tasks}` });
    expect(needsIn(plan)).toEqual(inOrder);
    expect(plan.pattern).toBe('sequential');
  });

  test('says where a circle is', () => {
    const file = 'tasks:\n  a: {run: x, needs: b}\n  b: {run: y, needs: a}';
    expect(refused([], { file })).toEqual([
      'plan.yml:2:3: the tasks need each other in a circle: a → b → a\n  hint: remove one of these dependencies',
    ]);
  });

  test('refuses prompts without an agent and isolation without a repository', () => {
    const file = 'tasks:\n  a: {prompt: do it}\n  b: {run: x, isolate: worktree}';
    expect(refused([], { file })).toEqual([
      expect.stringContaining('plan.yml:2:3: task a: "do it" is for a coding agent, and none'),
      expect.stringContaining('plan.yml:3:3: task b: a worktree needs a git repository, and there is none'),
    ]);
  });

  test('holds the same for every task in one object, so that many tasks stay small', () => {
    const [a, b] = planned([], {
      file: 'tasks: {a: {run: x, retry: 2}, b: {run: y, retry: 2}, c: {run: z}}',
    }).tasks;
    expect(a?.limits).toBe(b?.limits);
    expect(a?.retry).toBe(b?.retry);
    expect(a?.env).toBe(b?.env);
    expect(a?.pools).toBe(b?.pools);
  });
});

describe('an exported plan', () => {
  const plan = planned(['--sequential', '--env', 'A=1', '--tag', 't', '--timeout', '5m', 'echo 1', 'echo 2']);
  const file = JSON.stringify(plan);

  test('is taken back as the same plan', () => {
    expect(planned([], { file, name: 'p.json' })).toEqual(plan);
    expect(planned([], { file, name: 'p.json', config: { timeout: '1h', 'max-concurrent': '9' } })).toEqual(
      plan,
    );
  });

  test('is taken back from another folder and machine as it was', () => {
    expect(planned([], { file, machine: { cwd: '/elsewhere', cores: 64 } })).toEqual(plan);
  });

  test('gives way to flags', () => {
    const argv = [
      '--timeout',
      '1s',
      '--max-concurrent',
      '2',
      '--on-error',
      'retry',
      '--env',
      'B=2',
      '--tag',
      'u',
      '--cwd',
      'sub',
      '--grace',
      '1s',
      '--namespace',
      'n',
    ];
    expect(planned(argv, { file })).toMatchObject({
      tags: ['u'],
      pools: { main: 2 },
      onError: 'skip',
      env: { A: '1', B: '2' },
      cwd: '/home/me/sub',
      graceMillis: 1000,
      namespace: 'n',
      tasks: [{ limits: { timeoutMillis: 1000 }, retry: { max: 3 } }, { limits: { timeoutMillis: 1000 } }],
    });
  });

  test('with secrets needs their values', () => {
    const secret = JSON.stringify({ ...plan, secrets: ['API_KEY'] });
    expect(refused([], { file: secret })).toEqual([
      'plan.yml: the variable API_KEY is to be passed to tasks but is not set\n  hint: set API_KEY, even to nothing',
    ]);
    expect(run(['--env', 'API_KEY=x'], { file: secret }).ok).toBe(true);
    expect(run([], { file: secret, machine: { env: { API_KEY: '' } } }).ok).toBe(true);
  });

  test('is given no context by a flag or variable alone, which may also give it back', () => {
    const contextless = planned(['--no-context', 'echo 1']);
    expect(contextless.noContext).toBe(true);
    const file = JSON.stringify(contextless);
    expect(planned([], { file }).noContext).toBe(true);
    expect(planned([], { file, machine: { env: { BATCHTOOL_NO_CONTEXT: '0' } } })).not.toHaveProperty(
      'noContext',
    );
    const kept = { file: JSON.stringify(plan), config: { 'no-context': 'true' } };
    expect(planned([], kept)).not.toHaveProperty('noContext');
  });

  test('that is impossible is refused', () => {
    const tasks = plan.tasks.map((task) => ({ ...task, id: '1' }));
    expect(refused([], { file: JSON.stringify({ ...plan, tasks }) })).toContainEqual(
      expect.stringContaining('plan.yml: duplicate task id "1"'),
    );
  });
});

describe('a plan with thousands of faults', () => {
  test('is told some of them, quickly, and how many more', () => {
    const one = planned(['echo 1']).tasks[0];
    const tasks = Array.from({ length: 5000 }, (_, i) => ({
      ...one,
      id: `task-number-${i}`,
      needs: [{ task: `tsak-number-${i}`, kind: 'data' }],
    }));
    const faults = refused([], { file: JSON.stringify({ ...planned(['echo 1']), tasks }) });
    expect(faults).toHaveLength(21);
    expect(faults[20]).toBe('plan.yml: … and 4980 more problems');
  });
});

describe('--only and --skip', () => {
  const file = `
stages: [make, check]
tasks:
  gen: {run: x, stage: make}
  build: {run: x, needs: gen, stage: make}
  lint: {run: x, stage: check, tags: [quick]}
  test: {run: x, needs: build, stage: check, matrix: {v: [1, 2]}}
  deploy: {run: x, needs: [test, lint]}
`;
  const chosen = (...argv: string[]) => needsIn(planned(argv, { file }));

  test('--only keeps a task and what it needs, and lets mere order go', () => {
    expect(chosen('--only', 'build')).toEqual({ gen: [], build: ['gen'] });
    expect(chosen('--only', 'lint')).toEqual({ lint: [] });
  });

  test('--only takes tags, several words, and the id of a matrix', () => {
    expect(Object.keys(chosen('--only', 'quick,gen'))).toEqual(['gen', 'lint']);
    expect(chosen('--only', 'test')).toEqual({
      gen: [],
      build: ['gen'],
      'test-v1': ['build', '~gen'],
      'test-v2': ['build', '~gen'],
    });
  });

  test('--skip takes a task out, and what needs it runs without it', () => {
    expect(chosen('--skip', 'test')).toMatchObject({ deploy: ['lint'], lint: ['~gen', '~build'] });
  });

  test('--only with --skip does not run what only the skipped needed', () => {
    expect(chosen('--only', 'deploy', '--skip', 'test')).toEqual({ lint: [], deploy: ['lint'] });
  });

  test.each([
    [['--only', 'biuld'], '--only: no task has the id or tag "biuld"\n  hint: did you mean "build"?'],
    [['--skip', 'zzz'], '--skip: no task has the id or tag "zzz"'],
    [['--only', 'lint', '--skip', 'quick'], '--only and --skip leave no task'],
  ])('%j is refused', (argv, message) => {
    expect(refused(argv, { file })[0]).toContain(message);
  });

  test('may stand in the plan file, where a flag wins over them', () => {
    const chosen = (...argv: string[]) => needsIn(planned(argv, { file: `only: [build]\nskip: gen${file}` }));
    expect(chosen()).toEqual({ build: [] });
    expect(Object.keys(chosen('--only', 'lint'))).toEqual(['lint']);
  });

  test('that name nothing are refused at their place in the file', () => {
    expect(refused([], { file: `only: biuld${file}` })).toEqual([
      'plan.yml:1:1: no task has the id or tag "biuld"\n  hint: did you mean "build"?',
    ]);
  });

  test('do not hide a fault in the rest of the plan', () => {
    const file = 'tasks: {a: {run: x}, b: {run: x, needs: c}, c: {run: x, needs: b}}';
    expect(refused(['--only', 'a'], { file })[0]).toContain('circle');
  });
});
