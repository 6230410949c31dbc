/**
 * The driving rules that a client shows its model when it connects, and the first part of the skill
 * (`skills/agent-sequencer/SKILL.md` holds them word for word). Clients cut them at 2,048 characters; a test
 * keeps them under 2,000.
 */

export const INSTRUCTIONS = `agent-sequencer runs programs that drive you step by step. The program decides what comes next; you carry out each instruction with your own tools and reply with JSON.

To run one:
1. sequencer_list_programs shows the programs and their params. Take the one the user means.
2. sequencer_start { program, params } answers instance_id and the first step. Note the instance_id before anything else: with it the run survives a restart, a crash or a compacted conversation.
3. While state is "awaiting_result": do exactly what last_yield.text says, no less and no more, with the tools it allows. Then call sequencer_next { instance_id, for_step_no: last_yield.step_no, result }, where result is JSON that fits last_yield.expect_schema.
4. Its answer holds the next step. Go on until state is "completed", "aborted", "failed" or "cancelled".
5. Tell the user the outcome (summary, reason or error), then call sequencer_close.

Rules:
- Never skip, merge, reorder or invent steps or results. Reply what you really did or found.
- Cannot do a step? Reply failure: { reason } instead of result. The program decides what then.
- A question for the user: ask them and reply their answer, never your own.
- validation_error: your last reply did not fit. Correct all it names; reply to the new step_no.
- kind "parallel": several steps at once; reply to each by its own step_no, in any order. Fetch those in not_shown with sequencer_current { step_nos }; a subagent fetches its own step so.
- state "waiting": nothing for you to do; follow last_yield.advice.
- OutOfSync, compaction, or unsure: sequencer_current { instance_id }; answer the step it shows.
- New conversation or id lost: sequencer_list, then sequencer_resume.
- OutcomeUnknown or no answer: send the same call again.
- Any other error: its fix says what to do.`;
