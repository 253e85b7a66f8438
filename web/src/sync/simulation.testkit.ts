// A world of its own time, and players in it: what tests and the simulator of `web/sim` run the engine in.
export { random, World } from './world.testkit';
export { GOOD, SimulatedPlayer, type Faults } from './player.testkit';
