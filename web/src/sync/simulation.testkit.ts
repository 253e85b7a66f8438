// The simulated world and its players, for tests and for the simulator in `web/sim`.

export { type Faults, GOOD, SimulatedPlayer } from './player.testkit';
export { random, World } from './world.testkit';
