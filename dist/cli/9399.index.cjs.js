"use strict";exports.id=9399,exports.ids=[9399],exports.modules={9399:(e,t,r)=>{r.r(t),r.d(t,{completionVerb:()=>O});var o=r(2732),a=r(9341),s=r(6146),n=r(7453);let i=["bash","zsh","fish"],l={kind:"text"},c={diff:{kind:"tasks"},validate:{kind:"files"},completion:{kind:"words",words:i},sparc:{kind:"words",words:["modes","info","run",...s.FN.map(({slug:e})=>e)]}},d={f:{kind:"files"},cwd:{kind:"folders"},"state-dir":{kind:"folders"},"progress-tracking":{kind:"files"},"problem-matchers":{kind:"files"},orchestration:{kind:"runs"},baseline:{kind:"runs"},rerun:{kind:"tasks"}};var f=r(9144),u=r(6844),$=r(6799),p=r(8032);function h(e){return`'${e.replaceAll("'","'\\''")}'`}let m=e=>e.map(({name:e})=>e).join(" ");function v(e){switch(e.kind){case"words":return`words ${h(e.words.join(" "))}`;case"files":return"files -f";case"folders":return"files -d";case"runs":case"tasks":return`asked ${e.kind}`;case"text":return":";default:return(0,p.H)(e)}}function b(e){switch(e.kind){case"words":return`(${e.words.join(" ")})`;case"files":return"_files";case"folders":return"_files -/";case"runs":case"tasks":return` _batchtool_asked ${e.kind}`;case"text":return" ";default:return(0,p.H)(e)}}function w(e){switch(e.kind){case"words":return`-a ${h(e.words.join(" "))}`;case"files":return"-F";case"folders":return"-a '(__fish_complete_directories)'";case"runs":case"tasks":return`-a '(batchtool completion ${e.kind} 2>/dev/null)'`;case"text":return"";default:return(0,p.H)(e)}}var k=r(4012),_=r(5548),C=r(2360);let O={run:async function(e,t){let r=(0,$.ZL)("completion",e,t);if((0,$.yp)(r))return r;let[s]=r.args.texts;if("runs"===s||"tasks"===s)return async function(e,t){try{var r,o;let a,s,n=await (0,_.$Q)(t.cwd,t.env.BATCHTOOL_STATE_DIR);if(!n.ok||void 0===n.value)return 0;let i="runs"===e?(r=n.value,[...(a=(0,f.v)(r).slice(0,100)).flatMap(e=>(0,f.eE)(e)?.name??[]),...a.map(({id:e})=>e)]):(o=n.value,s=(0,f.hH)(o),void 0===s?[]:(0,f.m3)(s).plan.tasks.map(({id:e})=>e)),l=[...new Set(i)].filter(e=>R.test(e)).map(e=>`${e}
`);await new u.s(t.stdout).write(l.join(""))}catch(e){if(!(e instanceof a.Lj))throw e}return 0}(s,t);let O=i.find(e=>e===s);return void 0===O?(0,C.TR)(t,[function(e){let t=i.join(", ");if(void 0===e)return(0,a.CC)(`expected a shell: ${t}`,"for example batchtool completion bash");let r=(0,o.pA)(e,i);return(0,a.CC)(`expected ${t}; found ${JSON.stringify(e)}`,void 0===r?"for example batchtool completion bash":`did you mean ${r}?`)}(s)]):(await new u.s(t.stdout).write(function(e){var t,r,o=(0,k.A)().map(({name:e,about:t})=>{let r,o,a;return{...(r=(0,n.cz)(e).filter(({later:e})=>!0!==e),o=(0,n.D4)(e).filter(e=>e.flags.length>0),a=r.some(({name:e})=>"orchestration"===e)||"clean"===e,{name:e,flags:[...o.map(({flags:e,help:t,value:r})=>({flags:e.map(n.iP),help:t,...void 0===r?{}:{value:l}})),...r.map(t=>(function(e,t){let{name:r,aliases:o=[],help:a,kind:s,choices:i,later:c}=t,f=[r,...o].map(n.iP);if("switch"===s)return{flags:f,help:a};if("task"===r&&"logs"===e)return{flags:f,help:a,value:{kind:"tasks"}};let u=Array.isArray(c)?i?.filter(e=>!c.includes(e)):i;return{flags:f,help:a,value:void 0===u?d[r]??l:{kind:"words",words:u}}})(e,t))],word:c[e]??(a?{kind:"runs"}:l)}),about:t}});switch(e){case"bash":let a;return a=(t=o).map(e=>`    ${e.name})
${function({flags:e}){let t=e.flatMap(({flags:e,value:t})=>void 0===t?[]:[`        ${e.join("|")}) ${v(t)}; return ;;
`]);return 0===t.length?"":`      case $prev in
${t.join("")}      esac
`}(e)}      case $cur in
        -*) words ${h(e.flags.flatMap(({flags:e})=>e).join(" "))} ;;
        *) ${v(e.word)} ;;
      esac ;;
`),`# Completions of batchtool for bash: eval "$(batchtool completion bash)"
_batchtool() {
  local cur=$\{COMP_WORDS[COMP_CWORD]} prev='' at=$((COMP_CWORD - 1))
  COMPREPLY=()
  words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur"); }
  files() { compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen "$1" -- "$cur"); }
  asked() { words "$("$\{COMP_WORDS[0]}" completion "$1" 2>/dev/null)"; }
  # bash takes "--opt=value" for three words.
  if [[ $cur == = ]]; then cur=''; elif [[ $\{COMP_WORDS[at]} == = ]]; then at=$((at - 1)); fi
  if ((at > 0)); then prev=$\{COMP_WORDS[at]}; fi
  if ((COMP_CWORD == 1)); then words ${h(`${m(t)} help --help --version`)}; return; fi
  case $\{COMP_WORDS[1]} in
    help) words ${h(m(t))} ;;
${a.join("")}  esac
}
complete -F _batchtool batchtool
`;case"zsh":let s,i;return s=(r=o).map(({name:e,about:t})=>`    ${h(`${e}:${t}`)}`),i=r.map(({name:e,flags:t,word:r})=>{let o=t.flatMap(e=>(function({flags:e,help:t,value:r}){let o=t.replace(/[[\]:\\]/g,"\\$&");return e.map(e=>void 0===r?h(`${e}[${o}]`):h(`*${e.startsWith("--")?`${e}=`:e}[${o}]:value:${b(r)}`))})(e)).map(e=>`        ${e} \\
`);return`      ${e})
        _arguments \\
${o.join("")}        ${h(`*:word:${b(r)}`)} ;;
`}),`#compdef batchtool
# Completions of batchtool for zsh: eval "$(batchtool completion zsh)", below compinit
_batchtool_asked() { compadd -- $\{(f)"$(batchtool completion $1 2>/dev/null)"} }
_batchtool() {
  local -a verbs=(
${s.join("\n")}
  )
  if (( CURRENT == 2 )); then _describe verb verbs; return; fi
  local verb=$words[2]
  shift words; (( CURRENT-- ))
  case $verb in
      help) _describe verb verbs ;;
${i.join("")}  esac
}
compdef _batchtool batchtool
`;case"fish":let f;return f=o.flatMap(({name:e,about:t,flags:r,word:o})=>{let a=`complete -c batchtool -n '__fish_seen_subcommand_from ${e}'`,s=w(o);return[`complete -c batchtool -n __fish_use_subcommand -a ${e} -d ${h(t)}`,...""===s?[]:[`${a} ${s}`],...r.map(e=>`${a} ${function({flags:e,help:t,value:r}){var o;let a=e.map(e=>e.startsWith("--")?`-l ${e.slice(2)}`:`-s ${e.slice(1)}`),s=void 0===r?[]:["files"===r.kind?"-r":"-x",w(r)];return[...a,...s,"-d",(o=t,`'${o.replaceAll("\\","\\\\").replaceAll("'","\\'")}'`)].filter(e=>""!==e).join(" ")}(e)}`)]}),`# Completions of batchtool for fish
complete -c batchtool -f
${f.join("\n")}
`;default:return(0,p.H)(e)}}(O)),0)}},R=/^[\w.-]+$/}};
