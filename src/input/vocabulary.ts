/** The words that the text rule knows. */

const words = (list: string): string[] => list.trim().split(/\s+/);

/** What a POSIX shell runs without a program. */
export const BUILTINS: ReadonlySet<string> = new Set(
  words(`. : alias bg cd command echo eval exec exit export false fc fg getopts hash jobs kill local printf pwd
    read readonly return set shift source test times trap true type ulimit umask unalias unset wait`),
);

/** Builtins that change or ask something of the shell alone: by themselves they do nothing for anybody. */
export const IDLE: ReadonlySet<string> = new Set(
  words(`alias bg export fg getopts hash jobs local read readonly return set shift times trap type ulimit umask
    unalias unset wait`),
);

/** What asks something of its words, if there is an operator among them. */
export const TESTS: ReadonlySet<string> = new Set(['test', '[', '[[']);

/** Compound commands, and the word that must be there for them to be one. */
export const KEYWORDS: ReadonlyMap<string, string> = new Map([
  ['if', 'fi'],
  ['for', 'done'],
  ['while', 'done'],
  ['case', 'esac'],
]);

/** Words that, whole, open a command. */
export const BRACKETS: ReadonlySet<string> = new Set(['(', '[', '[[', '{']);

/** Developer tools: commands even where they are not installed, so that a missing one is not taken for prose. */
export const TOOLS: ReadonlySet<string> = new Set(
  words(`npm npx node yarn pnpm bun bunx deno corepack tsc tsx ts-node jest vitest mocha ava eslint prettier biome
    vite webpack rollup esbuild parcel turbo nx lerna playwright cypress next nuxt astro storybook
    python python3 pip pip3 pipx poetry uv uvx pdm hatch tox nox pytest ruff black mypy pyright flake8 pylint isort
    pre-commit django-admin uvicorn gunicorn celery alembic conda mamba
    go gofmt golangci-lint cargo rustc rustup rustfmt make cmake ninja meson bazel bazelisk buck2
    gradle ./gradlew gradlew mvn ./mvnw mvnw sbt java javac kotlinc scala clojure lein
    dotnet nuget msbuild ruby gem bundle rake rspec rubocop rails php composer phpunit phpstan perl
    elixir mix erl rebar3 swift swiftc xcodebuild fastlane flutter dart gcc g++ clang clang++ clang-format clang-tidy
    git gh glab svn hg docker docker-compose podman buildah kubectl helm kustomize minikube skaffold
    terraform tofu terragrunt ansible ansible-playbook packer vagrant pulumi
    aws gcloud gsutil az heroku vercel netlify flyctl wrangler supabase firebase
    psql mysql sqlite3 redis-cli mongosh pg_dump curl wget jq yq rg fd sed awk grep xargs tar zip unzip gzip
    ssh scp rsync openssl shellcheck shfmt hadolint actionlint yamllint markdownlint cspell
    bash sh zsh fish pwsh claude codex opencode gemini aider batchtool`),
);

/** In a text without option words, one of these from the second word on makes it read as prose. */
export const PROSE: ReadonlySet<string> = new Set(
  words('the an all and of for to with our my their this that it them please'),
);

/** Everyday words that happen to be one letter away from a tool (`code`, `node`); never taken for a typo. */
export const EVERYDAY: ReadonlySet<string> = new Set(
  words(`ads aide aided args art as ash ask async back bake bar barn base batch bath bed best bin bit bite
    blacks blank block box buff bug bundled bundles bungle burn bus bush but buy cake car cart cash catch
    cite clan clause cloud clutter code codec coded coder codes compose composed composes condo cradle
    cuff curb cure curly customize dare dark darts dash demo den dent dip dirt dish ear earn elm fails
    fake far fed fist fit fix flatter flow flown flows fox fun gems gen germ get gift gin gist glad glob
    got grab grade grey gum gun gym hazel held hell help hem hip hit hitch huff it jar jet jets just kit
    kite lab lack lake latch lava laws lean led lip locker made mails maker makes male man mare mason
    match mate max melon mid mike min mode nails nest net newt no nod nodes none nor nose not note now
    nugget nut packed packet part patch pearl peel per perf peril picker pie pin pipe pit pop prep puff
    push race rail rare rash rate red rein rest rider rip rite rocker rub rubs run rust sad sake sat saws
    scaffold scalar scale sea see seed send shed sip sit site six slab slack slang sort spare spark spec
    star sun sync tag tails take tap tax tear text tip to toe ton too top toy trails tux unicorn vein vest
    vice vine vote wake war warn was wash watch west wider wish wit yard yearn zap`),
);
