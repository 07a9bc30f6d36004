export const id=688;export const ids=[688];export const modules={3688:(e,t,o)=>{o.d(t,{detach:()=>d});var n=o(1421),s=o(3024),r=o(6760),c=o(8500);async function d(e,t,o,d){let i,a=(0,r.join)(e.path,"detached.log"),h=(0,s.openSync)(a,"a",384),u=process.argv[1]??"",l=(0,n.spawn)(process.execPath,[u,"resume",...t],{cwd:d.cwd,env:{...d.env,...o},detached:!0,stdio:["ignore",h,h]});(0,s.closeSync)(h),l.unref(),l.once("exit",e=>{i=e});let w=Date.now()+1e4;for(;!(0,s.existsSync)(e.journal)&&void 0===i&&Date.now()<w;)await (0,c.setTimeout)(10);return(0,s.existsSync)(e.journal)?(d.stdout.write(`${e.id}
`),d.stderr.write(`running in the background; \`batchtool logs --follow ${e.id}\` shows what it does
`),0):(d.stderr.write(`batchtool: the run did not start in the background
  hint: see ${a}
`),4)}}};
