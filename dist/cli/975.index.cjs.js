"use strict";exports.id=975,exports.ids=[975],exports.modules={5975:(s,e,t)=>{t.d(e,{version:()=>o});let o="0.1.0"}};
