"""What no schema says of the manifests in the file that is named: that they fit together, and are what the namespace and parley ask for."""
import sys
import yaml

documents = [document for document in yaml.safe_load_all(open(sys.argv[1], encoding="utf-8")) if document]
kinds = {document["kind"]: document for document in documents}
workload = kinds["StatefulSet"]["spec"]
pod, labels = workload["template"]["spec"], workload["template"]["metadata"]["labels"]
containers = pod["containers"] + pod.get("initContainers", [])
server = pod["containers"][0]
faults = []


def must(truth, fault):
    if not truth:
        faults.append(fault)


# https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
must(pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["runAsUser"] != 0, "runs as root")
must(pod["securityContext"]["seccompProfile"]["type"] == "RuntimeDefault", "no seccomp profile")
must(not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys(), "uses the host's namespaces")
for volume in pod.get("volumes", []):
    must(volume.keys() - {"name"} <= {"secret", "configMap", "emptyDir", "persistentVolumeClaim", "projected"}, f"volume {volume['name']}")
for container in containers:
    context = container["securityContext"]
    must(context["allowPrivilegeEscalation"] is False and context["capabilities"] == {"drop": ["ALL"]}, f"{container['name']}: not restricted")
    must(context["readOnlyRootFilesystem"], f"{container['name']}: its root can be written")
    must({"cpu", "memory"} <= container["resources"]["requests"].keys(), f"{container['name']}: no requests")
    must("latest" not in container["image"] and ":" in container["image"], f"{container['name']}: no version of its image")
    volumes = {volume["name"] for volume in pod.get("volumes", [])} | {claim["metadata"]["name"] for claim in workload["volumeClaimTemplates"]}
    must({mount["name"] for mount in container["volumeMounts"]} <= volumes, f"{container['name']}: mounts what there is not")

selectors = {
    "StatefulSet": workload["selector"]["matchLabels"],
    "Service": kinds["Service"]["spec"]["selector"],
    "PodDisruptionBudget": kinds["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"],
    "NetworkPolicy": kinds["NetworkPolicy"]["spec"]["podSelector"].get("matchLabels"),
}
for kind, selector in selectors.items():
    must(selector and selector.items() <= labels.items(), f"{kind}: selects other pods")
for rule in kinds["NetworkPolicy"]["spec"]["ingress"]:
    for peer in rule["from"]:
        must(selectors["StatefulSet"].items() - peer.get("podSelector", {}).get("matchLabels", {}).items(), "the clients have to be parley")
ports = {port["name"] for port in server["ports"]}
must({port["targetPort"] for port in kinds["Service"]["spec"]["ports"]} <= ports, "Service: a port that there is not")
secrets = [document["metadata"]["name"] for document in documents if document["kind"] == "Secret"]
named = [volume["secret"]["secretName"] for volume in pod["volumes"] if "secret" in volume]
must(not secrets or secrets == named, "the Secret has another name")
if "ServiceMonitor" in kinds:
    monitor = kinds["ServiceMonitor"]["spec"]
    must(monitor["selector"]["matchLabels"].items() <= kinds["Service"]["metadata"]["labels"].items(), "ServiceMonitor: selects another service")
    must({end["port"] for end in monitor["endpoints"]} <= {port["name"] for port in kinds["Service"]["spec"]["ports"]}, "ServiceMonitor: port")

must(workload["replicas"] == 1, "more than one process for a file")
drain = int(next(item["value"] for item in server["env"] if item["name"] == "PARLEY_SHUTDOWN_TIMEOUT").rstrip("s"))
must(pod["terminationGracePeriodSeconds"] >= drain + 10, "killed before the drain is over")
for probe in ("livenessProbe", "startupProbe"):
    must(server[probe]["httpGet"]["path"] == "/livez", f"{probe}: kills what migrates")
must(server["readinessProbe"]["httpGet"]["path"] == "/readyz", "readinessProbe")
print("\n".join(faults))
sys.exit(bool(faults))
