"use strict";exports.id=399,exports.ids=[399],exports.modules={9399:(e,t,r)=>{r.r(t),r.d(t,{completionVerb:()=>C});var s=r(5882),o=r(9341),n=r(3907);let a=["bash","zsh","fish"],i={kind:"text"},l={validate:{kind:"files"},completion:{kind:"words",words:a}},c={f:{kind:"files"},cwd:{kind:"folders"},"state-dir":{kind:"folders"},"progress-tracking":{kind:"files"},"problem-matchers":{kind:"files"},orchestration:{kind:"runs"},rerun:{kind:"tasks"}};var d=r(9144),u=r(6844),f=r(6799),$=r(8032);function p(e){return`'${e.replaceAll("'","'\\''")}'`}let h=e=>e.map(({name:e})=>e).join(" ");function m(e){switch(e.kind){case"words":return`words ${p(e.words.join(" "))}`;case"files":return"files -f";case"folders":return"files -d";case"runs":case"tasks":return`asked ${e.kind}`;case"text":return":";default:return(0,$.H)(e)}}function v(e){switch(e.kind){case"words":return`(${e.words.join(" ")})`;case"files":return"_files";case"folders":return"_files -/";case"runs":case"tasks":return` _batchtool_asked ${e.kind}`;case"text":return" ";default:return(0,$.H)(e)}}function w(e){switch(e.kind){case"words":return`-a ${p(e.words.join(" "))}`;case"files":return"-F";case"folders":return"-a '(__fish_complete_directories)'";case"runs":case"tasks":return`-a '(batchtool completion ${e.kind} 2>/dev/null)'`;case"text":return"";default:return(0,$.H)(e)}}var b=r(4012),k=r(5548),_=r(2360);let C={run:async function(e,t){let r=(0,f.ZL)("completion",e,t);if((0,f.yp)(r))return r;let[C]=r.args.texts;if("runs"===C||"tasks"===C)return async function(e,t){try{var r,s;let o,n,a=await (0,k.$Q)(t.cwd,t.env.BATCHTOOL_STATE_DIR);if(!a.ok||void 0===a.value)return 0;let i="runs"===e?(r=a.value,[...(o=(0,d.v)(r).slice(0,100)).flatMap(e=>(0,d.eE)(e)?.name??[]),...o.map(({id:e})=>e)]):(s=a.value,n=(0,d.hH)(s),void 0===n?[]:(0,d.m3)(n).plan.tasks.map(({id:e})=>e)),l=[...new Set(i)].filter(e=>O.test(e)).map(e=>`${e}
`);await new u.s(t.stdout).write(l.join(""))}catch(e){if(!(e instanceof o.Lj))throw e}return 0}(C,t);let g=a.find(e=>e===C);return void 0===g?(0,_.T)(t,[function(e){let t=a.join(", ");if(void 0===e)return(0,o.CC)(`expected a shell: ${t}`,"for example batchtool completion bash");let r=(0,s.pA)(e,a);return(0,o.CC)(`expected ${t}; found ${JSON.stringify(e)}`,void 0===r?"for example batchtool completion bash":`did you mean ${r}?`)}(C)]):(await new u.s(t.stdout).write(function(e){var t,r,s=(0,b.A)().map(({name:e,about:t})=>{let r,s,o;return{...(r=(0,n.cz)(e).filter(({later:e})=>!0!==e),s=(0,n.D4)(e).filter(e=>e.flags.length>0),o=r.some(({name:e})=>"orchestration"===e)||"clean"===e,{name:e,flags:[...s.map(({flags:e,help:t,value:r})=>({flags:e.map(n.iP),help:t,...void 0===r?{}:{value:i}})),...r.map(t=>(function(e,t){let{name:r,aliases:s=[],help:o,kind:a,choices:l,later:d}=t,u=[r,...s].map(n.iP);if("switch"===a)return{flags:u,help:o};if("task"===r&&"logs"===e)return{flags:u,help:o,value:{kind:"tasks"}};let f=Array.isArray(d)?l?.filter(e=>!d.includes(e)):l;return{flags:u,help:o,value:void 0===f?c[r]??i:{kind:"words",words:f}}})(e,t))],word:l[e]??(o?{kind:"runs"}:i)}),about:t}});switch(e){case"bash":let o;return o=(t=s).map(e=>`    ${e.name})
${function({flags:e}){let t=e.flatMap(({flags:e,value:t})=>void 0===t?[]:[`        ${e.join("|")}) ${m(t)}; return ;;
`]);return 0===t.length?"":`      case $prev in
${t.join("")}      esac
`}(e)}      case $cur in
        -*) words ${p(e.flags.flatMap(({flags:e})=>e).join(" "))} ;;
        *) ${m(e.word)} ;;
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
  if ((COMP_CWORD == 1)); then words ${p(`${h(t)} help --help --version`)}; return; fi
  case $\{COMP_WORDS[1]} in
    help) words ${p(h(t))} ;;
${o.join("")}  esac
}
complete -F _batchtool batchtool
`;case"zsh":let a,d;return a=(r=s).map(({name:e,about:t})=>`    ${p(`${e}:${t}`)}`),d=r.map(({name:e,flags:t,word:r})=>{let s=t.flatMap(e=>(function({flags:e,help:t,value:r}){let s=t.replace(/[[\]:\\]/g,"\\$&");return e.map(e=>void 0===r?p(`${e}[${s}]`):p(`*${e.startsWith("--")?`${e}=`:e}[${s}]:value:${v(r)}`))})(e)).map(e=>`        ${e} \\
`);return`      ${e})
        _arguments \\
${s.join("")}        ${p(`*:word:${v(r)}`)} ;;
`}),`#compdef batchtool
# Completions of batchtool for zsh: eval "$(batchtool completion zsh)", below compinit
_batchtool_asked() { compadd -- $\{(f)"$(batchtool completion $1 2>/dev/null)"} }
_batchtool() {
  local -a verbs=(
${a.join("\n")}
  )
  if (( CURRENT == 2 )); then _describe verb verbs; return; fi
  local verb=$words[2]
  shift words; (( CURRENT-- ))
  case $verb in
      help) _describe verb verbs ;;
${d.join("")}  esac
}
compdef _batchtool batchtool
`;case"fish":let u;return u=s.flatMap(({name:e,about:t,flags:r,word:s})=>{let o=`complete -c batchtool -n '__fish_seen_subcommand_from ${e}'`,n=w(s);return[`complete -c batchtool -n __fish_use_subcommand -a ${e} -d ${p(t)}`,...""===n?[]:[`${o} ${n}`],...r.map(e=>`${o} ${function({flags:e,help:t,value:r}){var s;let o=e.map(e=>e.startsWith("--")?`-l ${e.slice(2)}`:`-s ${e.slice(1)}`),n=void 0===r?[]:["files"===r.kind?"-r":"-x",w(r)];return[...o,...n,"-d",(s=t,`'${s.replaceAll("\\","\\\\").replaceAll("'","\\'")}'`)].filter(e=>""!==e).join(" ")}(e)}`)]}),`# Completions of batchtool for fish
complete -c batchtool -f
${u.join("\n")}
`;default:return(0,$.H)(e)}}(g)),0)}},O=/^[\w.-]+$/},6844:(e,t,r)=>{r.d(t,{s:()=>o});let s=new WeakMap;class o{sink;reader;constructor(e){var t;let r;this.sink=e,this.reader=s.get(e)??(t=e,r={isGone:!1},s.set(t,r),t.on("error",()=>{r.isGone=!0}),r)}get isClosed(){return this.reader.isGone}write(e){return this.isClosed||0===e.length?Promise.resolve():new Promise(t=>{this.sink.write(e,e=>{null!=e&&(this.reader.isGone=!0),t()})})}}}};
