"use strict";exports.id=3894,exports.ids=[3894,5975],exports.modules={3894:(t,e,r)=>{r.r(e),r.d(e,{initVerb:()=>d});var n=r(6760),o=r(9341),i=r(9652),a=r(5102),s=r(6799);let l=`# Tasks for batchtool, a graph: what needs nothing starts at once, the rest when all that it needs has succeeded.
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
`;var u=r(5897),c=r(2360),h=r(5975);let d={run:async function(t,e){let r=(0,s.ZL)("init",t,e,0);if((0,s.yp)(r))return r;let d=function(t){var e;let r,o=(0,a._M)(t),s=(0,n.relative)(o,t).split(n.sep).join("/"),u=(0,n.join)(o,f);return[{path:(0,n.join)(t,i.yw),shown:i.yw,text:l},{path:u,shown:(0,n.relative)(t,u),text:(e=h.version,r=""===s?"":`
        with:
          working-directory: ${JSON.stringify(s)}`,`name: batchtool

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
        uses: org/batchtool-action@v${e}${r}
`)}]}(e.cwd),m=r.settings.force?.value===!0?[]:d.filter(({path:t})=>(0,u.$B)(t));if(m.length>0)return(0,c.TR)(e,m.map(y));let p=function(t){for(let{path:e,shown:r,text:n}of t.toReversed()){let t=(0,u.r5)(e,r,n);if(!t.ok)return(0,o.e9)(t.problems)}return(0,o.kX)(void 0)}(d);if(!p.ok)return(0,c.TR)(e,p.problems);let w=d.map(({shown:t})=>`wrote ${t}`);return e.stdout.write(`${w.join("\n")}

next: batchtool run --dry-run   shows the plan
      batchtool run             runs it; put your own commands into ${i.yw}
`),0}},f=(0,n.join)(".github","workflows","batchtool.yml");function y({shown:t}){return(0,o.CC)(`${t} is there already; nothing was written`,"`batchtool init --force` writes over it")}},5897:(t,e,r)=>{r.d(e,{$B:()=>h,fu:()=>c,r5:()=>u});var n=r(3024),o=r(6760),i=r(9341),a=r(5980),s=r(8014),l=r(9235);function u(t,e,r){try{let a=(0,n.existsSync)(t)?(0,n.realpathSync)(t):t,l=(0,n.statSync)(a,{throwIfNoEntry:!1});if(l?.isDirectory()===!0)return(0,i.V2)(`${JSON.stringify(e)} is a folder`,"name a file in it");if(void 0===l||l.isFile())return(0,i.kX)(function(t,e,r){let i=(0,s.NT)(t),a=[];try{return function t(e,r){(0,n.existsSync)(e)||(t((0,o.dirname)(e),r),(0,n.mkdirSync)(e),r.push(e))}((0,o.dirname)(t),a),(0,n.writeFileSync)(i,e,{flag:"wx",...void 0===r?{}:{mode:511&r}}),(0,n.renameSync)(i,t),a}catch(t){throw(0,n.rmSync)(i,{force:!0}),function(t){try{for(let e of t.toReversed())(0,n.rmdirSync)(e)}catch{}}(a),t}}(a,r,l?.mode));return(0,n.writeFileSync)(a,r),(0,i.kX)([])}catch(r){let t=(0,a.s9)(`write ${JSON.stringify(e)}`,r,"make room or name another place");if(void 0!==t)throw t;return(0,i.V2)(`cannot write ${JSON.stringify(e)}: ${(0,a.fj)(r)}`)}}function c([t],e){return void 0===t?"":`, made the folder ${(0,l.pS)(t,e)}`}function h(t){try{return void 0!==(0,n.lstatSync)(t,{throwIfNoEntry:!1})}catch{return!1}}},5975:(t,e,r)=>{r.d(e,{version:()=>n});let n="0.1.0"}};
