/** Text as tasks may write it, made to break out of whatever it is put into. */
import fc from 'fast-check';

const FRAGMENTS = [
  ...[
    '</details>',
    '<details>',
    '<details open>',
    '<summary>',
    '</summary>',
    '</blockquote>',
    '<script>alert(1)</script>',
  ],
  ...[
    '<!--',
    '-->',
    '<![CDATA[',
    '<?php',
    '<table><tr><td>',
    '</td></tr></table>',
    '<b>',
    '</b>',
    '<br>',
    '<br/>',
    '<hr>',
  ],
  ...[
    '<ul>',
    '<li>',
    '<img src=x onerror=alert(1)>',
    '<a href="javascript:x">',
    '<p',
    '<td title="a>b">',
    '<style>',
    '<pre>',
  ],
  ...[
    '```',
    '````',
    '~~~',
    '```js',
    '`',
    '``',
    '    ',
    '\t',
    '- ',
    '> ',
    '1. ',
    '# ',
    '---',
    '===',
    '|',
    '\\|',
    '\\',
    '|---|',
  ],
  ...[
    '[x]: http://evil',
    '[^1]: y',
    '[a][1]',
    '![x](y)',
    '@alice',
    '#12',
    'GH-7',
    'a/b#3',
    ':smile:',
    'www.evil.example',
  ],
  ...[
    'https://evil.example',
    '&lt;',
    '&#64;',
    '$$',
    '*',
    '_',
    '**',
    '\u001b[31m',
    '\u001b]8;;http://x\u0007',
    '\u0000',
    '\u0007',
  ],
  ...[
    '\ud800',
    '\udc00',
    '\ufffe',
    '\u202e',
    '\u200b',
    '\u00a0',
    '\u0085',
    '\r',
    '\r\n',
    '::error::x',
    '##[error]',
    ' ',
    'word',
    '漢',
    '👩‍💻',
  ],
];

/** Some lines. */
export const hostileText = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...FRAGMENTS, '\n', '\n', '\n\n') },
      fc.string({ unit: 'binary', maxLength: 8 }),
    ),
    {
      maxLength: 40,
    },
  )
  .map((parts) => parts.join(''));

/** The same on one line. */
export const hostileLine = hostileText.map((text) => text.replace(/\n/g, ''));
