"""infragraph on the work of `two-tiers.ron`: 256 DGX with 8 ports each under two tiers of
switches with 64 ports, every device and every link, as a graph."""

import resource
import time

from infragraph.blueprints.devices.generic.generic_switch import Switch
from infragraph.blueprints.devices.nvidia.dgx import NvidiaDGX
from infragraph.blueprints.fabrics.clos_fat_tree_fabric import ClosFatTreeFabric
from infragraph.infragraph_service import InfraGraphService

begun = time.process_time()
fabric = ClosFatTreeFabric(Switch(port_count=64), NvidiaDGX(), 2, [])
woven = time.process_time()
service = InfraGraphService()
service.set_graph(fabric)
graph = service.get_networkx_graph()
drawn = time.process_time()

counts = {instance.name: instance.count for instance in fabric.instances}
assert counts["tier_0"] == 64 and counts["tier_1"] == 32, counts
memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(f"infragraph: {sum(counts.values())} devices, {len(fabric.edges)} connections")
print(f"infragraph: fabric {woven - begun:.2f} s, with its graph {drawn - begun:.2f} s of CPU")
print(f"infragraph: {graph.number_of_nodes()} nodes, {memory_mb:.0f} MB at most")
