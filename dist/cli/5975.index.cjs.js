"use strict";exports.id=5975,exports.ids=[5975],exports.modules={5975:(s,e,t)=>{t.d(e,{version:()=>o});let o="0.1.0"}};
