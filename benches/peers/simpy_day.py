"""The outpatient day in SimPy: a process a patient, a Resource a station. One line of JSON.

Usage: python simpy_day.py [DAYS]
"""

import json
import math
import random
import sys
import time

import simpy

SERVERS = {"registration": 8, "doctors": 120, "cashier": 14, "laboratory": 60, "pharmacy": 9}
SIGMA = math.sqrt(math.log(1.36))


def day(seed):
    rng = random.Random(seed)
    env = simpy.Environment()
    rooms = {name: simpy.Resource(env, capacity) for name, capacity in SERVERS.items()}
    visits = dict.fromkeys(SERVERS, 0)
    waits = dict.fromkeys(SERVERS, 0.0)
    patients = 0

    def exponential(mean):
        return rng.expovariate(1.0 / mean)

    def log_normal(mean):
        return rng.lognormvariate(math.log(mean) - SIGMA * SIGMA / 2, SIGMA)

    def served(name, service):
        came = env.now
        with rooms[name].request() as turn:
            yield turn
            waits[name] += env.now - came
            visits[name] += 1
            yield env.timeout(service)

    def patient():
        yield from served("registration", exponential(20))
        yield from served("doctors", log_normal(240))
        luck = rng.random()
        drugs = luck < 0.9
        if luck < 0.6:
            yield from served("cashier", exponential(25))
            yield from served("laboratory", log_normal(240))
            yield from served("doctors", log_normal(90))
            drugs = rng.random() < 0.75
        if drugs:
            yield from served("cashier", exponential(25))
            yield from served("pharmacy", exponential(30))

    def arrivals():
        nonlocal patients
        while True:
            yield env.timeout(exponential(3))
            if env.now >= 28800:
                return
            patients += 1
            env.process(patient())

    env.process(arrivals())
    env.run()
    return patients, visits, waits


def main():
    days = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    started = time.perf_counter()
    runs = [day(seed) for seed in range(1, days + 1)]
    seconds = time.perf_counter() - started
    patients = sum(run[0] for run in runs)
    visits = {name: sum(run[1][name] for run in runs) for name in SERVERS}
    waits = {name: sum(run[2][name] for run in runs) for name in SERVERS}
    print(
        json.dumps(
            {
                "engine": f"SimPy {simpy.__version__}",
                "patients": patients,
                "events": patients + 2 * sum(visits.values()),
                "seconds": round(seconds, 3),
                "patients_per_s": round(patients / seconds),
                "wait_mean_s": [round(waits[name] / visits[name], 2) for name in SERVERS],
            }
        )
    )


if __name__ == "__main__":
    main()
