/** The loop as a graph of one node that interrupts: LangGraph.js with its SQLite saver, as they come. */

import { Annotation, Command, END, interrupt, START, StateGraph } from "@langchain/langgraph";
import { SqliteSaver } from "@langchain/langgraph-checkpoint-sqlite";
import { announce, instruction, listen } from "./channel.mjs";

const saver = SqliteSaver.fromConnString(process.env.DATABASE);
if (process.env.SYNCHRONOUS) saver.db.pragma(`synchronous=${process.env.SYNCHRONOUS}`);

const State = Annotation.Root({
  step: Annotation(),
  steps: Annotation(),
  characters: Annotation(),
});

const graph = new StateGraph(State)
  .addNode("ask", ({ step, characters }) => {
    const { text } = interrupt({ step, text: instruction(step) });
    return { step: step + 1, characters: characters + text.length };
  })
  .addEdge(START, "ask")
  .addConditionalEdges("ask", ({ step, steps }) => (step > steps ? END : "ask"))
  .compile({ checkpointer: saver });

listen(async ({ run, steps, reply }) => {
  const input = steps ? { step: 1, steps, characters: 0 } : new Command({ resume: reply });
  const state = await graph.invoke(input, { configurable: { thread_id: run } });
  const [request] = state.__interrupt__ ?? [];
  announce({ run, step: request ? request.value.step : state.step });
});
