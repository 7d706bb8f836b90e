package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"

	apps "k8s.io/api/apps/v1"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
)

func newBuffered(content []byte) *bufio.Reader { return bufio.NewReader(bytes.NewReader(content)) }

// sound holds workloads to what the API server would accept and a namespace of the "restricted" pod security
// standard requires: labels that select, mounts that exist, no root, a file system that cannot be written.
func sound(object any) error {
	switch workload := object.(type) {
	case *apps.Deployment:
		if workload.Spec.Selector == nil {
			return errors.New("selects nothing")
		}
		for name, value := range workload.Spec.Selector.MatchLabels {
			if workload.Spec.Template.Labels[name] != value {
				return fmt.Errorf("selects %s=%s, which its pods do not have", name, value)
			}
		}
		return soundPod(workload.Spec.Template.Spec)
	case *batch.Job:
		if policy := workload.Spec.Template.Spec.RestartPolicy; policy != core.RestartPolicyNever && policy != core.RestartPolicyOnFailure {
			return fmt.Errorf("a job cannot restart %q", policy)
		}
		return soundPod(workload.Spec.Template.Spec)
	}
	return nil
}

func soundPod(pod core.PodSpec) error {
	context := pod.SecurityContext
	if context == nil || context.RunAsNonRoot == nil || !*context.RunAsNonRoot {
		return errors.New("may run as root")
	}
	if context.SeccompProfile == nil || context.SeccompProfile.Type != core.SeccompProfileTypeRuntimeDefault {
		return errors.New("has no seccomp profile")
	}
	if pod.AutomountServiceAccountToken == nil || *pod.AutomountServiceAccountToken {
		return errors.New("is given a token of the cluster's API")
	}
	volumes := map[string]bool{}
	for _, volume := range pod.Volumes {
		volumes[volume.Name] = true
	}
	for _, container := range append(pod.InitContainers, pod.Containers...) {
		if err := soundContainer(container, volumes); err != nil {
			return fmt.Errorf("container %s %w", container.Name, err)
		}
	}
	return nil
}

func soundContainer(container core.Container, volumes map[string]bool) error {
	if container.Image == "" {
		return errors.New("has no image")
	}
	if container.Resources.Requests == nil || container.Resources.Limits.Memory().IsZero() {
		return errors.New("has no requests or no limit of memory")
	}
	context := container.SecurityContext
	if context == nil || context.ReadOnlyRootFilesystem == nil || !*context.ReadOnlyRootFilesystem {
		return errors.New("may write its root file system")
	}
	if context.AllowPrivilegeEscalation == nil || *context.AllowPrivilegeEscalation {
		return errors.New("may gain privileges")
	}
	if context.Capabilities == nil || len(context.Capabilities.Drop) != 1 || context.Capabilities.Drop[0] != "ALL" {
		return errors.New("keeps capabilities")
	}
	for _, mount := range container.VolumeMounts {
		if !volumes[mount.Name] {
			return fmt.Errorf("mounts %s, which is no volume of the pod", mount.Name)
		}
	}
	return nil
}
