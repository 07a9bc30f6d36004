/** How each real agent is aimed at the stand-in model: its own settings, in a HOME that holds nothing else. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const NAMES = ['claude', 'codex', 'opencode', 'gemini'] as const;
export type Name = (typeof NAMES)[number];

export interface Aim {
  readonly env: Readonly<Record<string, string>>;
  readonly model: string;
  readonly extraArguments?: readonly string[];
}

const KEY = 'not-a-real-key';

/** Writes the settings into `home`; `url` is that of the stand-in. */
export const AIMS: Readonly<Record<Name, (url: string, home: string) => Aim>> = {
  claude: (url) => ({
    env: { ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: KEY },
    model: 'claude-sonnet-4-5',
  }),
  codex: (url, home) => {
    write(join(home, '.codex/config.toml'), [
      'model_provider = "stand-in"',
      '[model_providers.stand-in]',
      'name = "stand-in"',
      `base_url = "${url}/v1"`,
      'env_key = "STAND_IN_KEY"',
      'wire_api = "responses"',
    ]);
    // It would fetch lists of plugins from their hosts.
    return { env: { STAND_IN_KEY: KEY }, model: 'stand-in', extraArguments: ['--disable', 'plugins'] };
  },
  opencode: (url) => {
    const models = { large: { name: 'large', tool_call: true, limit: { context: 100_000, output: 10_000 } } };
    const options = { baseURL: `${url}/v1`, apiKey: KEY };
    const provider = { 'stand-in': { npm: '@ai-sdk/openai-compatible', name: 'stand-in', options, models } };
    return {
      env: {
        OPENCODE_CONFIG_CONTENT: JSON.stringify({ provider }),
        OPENCODE_DISABLE_MODELS_FETCH: '1',
      },
      model: 'stand-in/large',
    };
  },
  gemini: (url, home) => {
    const settings = {
      security: { auth: { selectedType: 'gemini-api-key' } },
      general: { disableAutoUpdate: true },
      privacy: { usageStatisticsEnabled: false },
    };
    write(join(home, '.gemini/settings.json'), [JSON.stringify(settings)]);
    return { env: { GOOGLE_GEMINI_BASE_URL: url, GEMINI_API_KEY: KEY }, model: 'gemini-2.5-flash' };
  },
};

function write(path: string, lines: readonly string[]): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `${lines.join('\n')}\n`);
}
