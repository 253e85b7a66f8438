// The simulated world and its players, for tests and for the simulator in `web/sim`.
export { random, World } from './world.testkit';
export { GOOD, SimulatedPlayer, type Faults } from './player.testkit';
