/** What `init` writes: a plan that runs on any machine with a POSIX shell, and a workflow that runs it. */

export const STARTER_PLAN = `# Tasks for batchtool, a graph: what needs nothing starts at once, the rest when all that it needs has succeeded.
#   batchtool run               runs it          batchtool run --dry-run            only shows it
#   batchtool run --only test   a part of it     batchtool validate batchtool.yml   checks this file
name: starter
max-concurrent: 4

defaults:
  timeout: 10m

tasks:
  lint:
    run: echo "put your linter here, for example npm run lint"

  build:
    run: |
      echo "put your build here, for example npm run build"
      echo "artifact=app.tar" >> "$BATCHTOOL_OUTPUT"

  test:
    needs: build
    run: echo "build has handed on $BATCHTOOL_OUTPUT_BUILD_ARTIFACT"
    retry: 1

  report:
    needs: [lint, test]
    if: always()
    run: echo "this runs whatever became of the others"
`;

/** With the action of this version. `folder`: where the plan stands, below the root of the repository. */
export function starterWorkflow(version: string, folder: string): string {
  const inputs =
    folder === '' ? '' : `\n        with:\n          working-directory: ${JSON.stringify(folder)}`;
  return `name: batchtool

on:
  push:
  pull_request:

permissions:
  contents: read

jobs:
  batchtool:
    runs-on: ubuntu-latest
    timeout-minutes: 30
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
      # Here comes what your tasks need: a step that sets up a language, that installs packages.
      - name: Run the plan in batchtool.yml
        uses: org/batchtool-action@v${version}${inputs}
`;
}
