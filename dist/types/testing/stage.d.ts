/**
 * What a run in a test happens on: the tape, the run's own time, and whoever does its effects.
 *
 * G1. Time passes only by `advance`, by the pause before an effect is tried again, and by the timeout of an
 *     effect that is really done.
 * G2. After everything that happens, the effects are done that somebody can do, one after the other.
 */
import { type EffectStandIns } from "./effects.js";
export interface StageOptions {
    /** Who does side effects and commands; see `EffectStandIns`. What is not named waits for `run.effect`. */
    readonly effects?: EffectStandIns;
    /** Do side effects and commands for real, but for those that `effects` names. */
    readonly run?: boolean;
}
