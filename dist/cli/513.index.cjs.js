"use strict";exports.id=513,exports.ids=[513,975],exports.modules={3894:(t,e,r)=>{r.r(e),r.d(e,{initVerb:()=>d});var n=r(3024),o=r(6760),i=r(9341),a=r(9652),s=r(6799);let l=`# Tasks for batchtool, a graph: what needs nothing starts at once, the rest when all that it needs has succeeded.
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
`;var u=r(5897),c=r(2360),h=r(5975);let d={run:async function(t,e){let r=(0,s.ZL)("init",t,e,0);if((0,s.yp)(r))return r;let d=function(t){var e;let r,i=function(t){for(let e=(0,o.resolve)(t);;e=(0,o.dirname)(e)){if((0,n.existsSync)((0,o.join)(e,".git")))return e;if((0,o.dirname)(e)===e)return(0,o.resolve)(t)}}(t),s=(0,o.relative)(i,t).split(o.sep).join("/"),u=(0,o.join)(i,f);return[{path:(0,o.join)(t,a.yw),shown:a.yw,text:l},{path:u,shown:(0,o.relative)(t,u),text:(e=h.version,r=""===s?"":`
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
`)}]}(e.cwd),m=r.settings.force?.value===!0?[]:d.filter(({path:t})=>(0,u.$)(t));if(m.length>0)return(0,c.T)(e,m.map(y));let p=function(t){for(let{path:e,shown:r,text:n}of t.toReversed()){let t=(0,u.r)(e,r,n);if(!t.ok)return(0,i.e9)(t.problems)}return(0,i.kX)(void 0)}(d);if(!p.ok)return(0,c.T)(e,p.problems);let w=d.map(({shown:t})=>`wrote ${t}`);return e.stdout.write(`${w.join("\n")}

next: batchtool run --dry-run   shows the plan
      batchtool run             runs it; put your own commands into ${a.yw}
`),0}},f=(0,o.join)(".github","workflows","batchtool.yml");function y({shown:t}){return(0,i.CC)(`${t} is there already; nothing was written`,"`batchtool init --force` writes over it")}},5897:(t,e,r)=>{r.d(e,{$:()=>l,r:()=>s});var n=r(3024),o=r(6760),i=r(9341),a=r(8014);function s(t,e,r){try{let s=(0,n.existsSync)(t)?(0,n.realpathSync)(t):t,l=(0,n.statSync)(s,{throwIfNoEntry:!1});if(l?.isDirectory()===!0)return(0,i.V2)(`${JSON.stringify(e)} is a folder`,"name a file in it");return void 0===l||l.isFile()?function(t,e,r){(0,n.mkdirSync)((0,o.dirname)(t),{recursive:!0});let i=(0,a.NT)(t);try{(0,n.writeFileSync)(i,e,{flag:"wx",...void 0===r?{}:{mode:511&r}}),(0,n.renameSync)(i,t)}catch(t){throw(0,n.rmSync)(i,{force:!0}),t}}(s,r,l?.mode):(0,n.writeFileSync)(s,r),(0,i.kX)(void 0)}catch(t){return(0,i.V2)(`cannot write ${JSON.stringify(e)}: ${t.message}`)}}function l(t){try{return void 0!==(0,n.lstatSync)(t,{throwIfNoEntry:!1})}catch{return!1}}},5975:(t,e,r)=>{r.d(e,{version:()=>n});let n="0.1.0"}};
