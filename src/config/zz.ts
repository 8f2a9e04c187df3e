
import { loadProject } from './load-project.ts';
import type { World } from './world.ts';
const mk=(text:string,file='pipeline.yaml',more:Record<string,string>={}):World=>({readText:p=>{const n=p.replace('/p/','');const t=n===file?text:more[n];return t===undefined?{kind:'absent'}:{kind:'text',text:t}},isFile:p=>p==='/p/'+file||p.replace('/p/','') in more,list:()=>[]});
function time(n:string,text:string,file?:string,more?:Record<string,string>){ const t=process.cpuUsage();
  const r=loadProject({root:'/p',environment:{},builtinStages:'/b',builtinSchemas:'/bs',world:mk(text,file,more)});
  process.stdout.write(`${n}: ${((c=>(c.user+c.system)/1000)(process.cpuUsage(t))).toFixed(0)} ms ${r.ok?r.value.experiments[0]?.stages.size:JSON.stringify(r.failure.length)+JSON.stringify(r.failure[0]).slice(0,300)}\n`);}
(()=>{
  let s='stages:\n'; for(let i=0;i<10000;i++) s+=`  s${i}:\n    cmd: echo \${seed} ${i} > out${i}.txt\n    deps: [${i?`out${i-1}.txt`:'in.txt'}]\n    params: [seed]\n    outs: [out${i}.txt]\n`;
  time('10k',s,undefined,{'params.yaml':'seed: 1'}); time('10k',s,undefined,{'params.yaml':'seed: 1'}); time('10k dvc',s,'dvc.yaml',{'params.yaml':'seed: 1'});
  let u='stages:\n'; for(let i=0;i<10000;i++) u+=`  s${i}:\n    uses: own\n    with: {a: ${i}, b: [1,2]}\n${i?`    from: s${i-1}\n`:''}`;
  time('10k uses',u,undefined,{'stages/own.ts':'','schemas/stages/own.schema.json':JSON.stringify({type:'object',properties:{a:{type:'integer'},b:{type:'array',items:{type:'number'}},c:{default:1}},additionalProperties:false,'x-inputs':{dataset:{kind:'dataset'}},'x-outputs':{dataset:{kind:'dataset'}}})});
  time('foreach 10k',`stages:\n  a:\n    foreach: [${Array.from({length:10000},(_,i)=>i)}]\n    do: {cmd: 'echo \${item}', outs: ['o/\${item}']}\n`);
  time('same outs',s.replace(/outs: \[.*\]/g,'outs: [x]'),undefined,{'params.yaml':'seed: 1'});
  time('typos',s.replace(/outs:/g,'outz:'),undefined,{'params.yaml':'seed: 1'});
  time('aliases','a: &a 1\nb: ['+'*a, '.repeat(1000000)+']');
  time('laughs','a: &a [1,1,1,1,1,1,1,1,1,1]\n'+Array.from({length:20},(_,i)=>`${String.fromCharCode(98+i)}: &${String.fromCharCode(98+i)} [${Array(10).fill('*'+String.fromCharCode(97+i))}]\n`).join(''));
  time('deep','a: '+'['.repeat(100000));
  time('from cycle deep',u.replace('uses: own\n    with: {a: 0, b: [1,2]}','uses: own\n    from: s9999'),undefined,{'stages/own.ts':''});
})();
