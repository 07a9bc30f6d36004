export const id=975;export const ids=[975];export const modules={5975:(o,t,e)=>{e.d(t,{version:()=>s});let s="0.1.0"}};
