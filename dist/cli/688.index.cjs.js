"use strict";exports.id=688,exports.ids=[688],exports.modules={3688:(t,e,r)=>{r.d(e,{detach:()=>a});var o=r(1421),n=r(3024),i=r(6760),s=r(8500);async function a(t,e,r,a,d){let c,l=(0,i.join)(t.path,"detached.log"),h={journal:u(t.journal),log:u(l)},w=function(t,e,r,{cwd:i,env:s}){let{BATCHTOOL_DETACH:a,...u}=s,d=(0,n.openSync)(t,"a",384),c=(0,o.spawn)(process.execPath,[process.argv[1]??"","resume",...e],{cwd:i,env:{...u,...r},detached:!0,stdio:["ignore",d,d]});return(0,n.closeSync)(d),c.unref(),c}(l,[t.id,"--output","quiet",...e],r,d);w.once("exit",t=>{c=t}),w.once("error",()=>{c=null});let g=Date.now()+1e4,p=()=>u(t.journal)>h.journal;for(;!p()&&void 0===c&&Date.now()<g;)await (0,s.setTimeout)(10);return p()?(d.stdout.write(a?`${JSON.stringify({run:t.id})}
`:`${t.id}
`),d.stderr.write(`running in the background; \`batchtool logs --follow ${t.id}\` shows what it does
`),0):(d.stderr.write((0,n.readFileSync)(l).subarray(h.log)),"number"==typeof c)?c:(d.stderr.write(`batchtool: the run did not start in the background
  hint: see ${l}
`),4)}function u(t){return(0,n.statSync)(t,{throwIfNoEntry:!1})?.size??0}}};
