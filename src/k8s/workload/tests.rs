use super::super::table::assert_well_formed;
use super::super::testing::with_object;
use super::*;

#[test]
fn every_row_is_read() {
    assert_well_formed::<5>(TABLE);
    for row @ [_group, _kind, _path, _namespace, source] in rows(TABLE) {
        assert!(Place::parse(row).is_some(), "{row:?}");
        assert!(!source.is_empty(), "{row:?}");
    }
}

fn account(spec: &str) -> Option<String> {
    let yaml = format!("apiVersion: v1\nkind: Pod\nspec: {spec}\n");
    with_object(&yaml, |object| {
        let spec = object.pod_specs().next().unwrap();
        spec.service_account().value().and_then(Node::as_str).map(str::to_owned)
    })
}

#[test]
fn the_new_field_wins_over_its_alias() {
    assert_eq!(account("{serviceAccountName: new, serviceAccount: old}").as_deref(), Some("new"));
    assert_eq!(account("{serviceAccount: old}").as_deref(), Some("old"));
    assert_eq!(account("{serviceAccountName: '', serviceAccount: old}").as_deref(), Some("old"));
    assert_eq!(account("{serviceAccountName: , serviceAccount: ''}"), None);
}

#[test]
fn a_group_and_kind_have_their_own_paths() {
    let name = |yaml: &str| {
        with_object(yaml, |object| {
            let names = object.pod_specs().filter_map(|spec| spec.service_account().value()?.as_str());
            names.map(str::to_owned).collect::<Vec<_>>()
        })
    };
    let cron = "spec: {jobTemplate: {spec: {template: {spec: {serviceAccountName: a}}}}}";
    assert_eq!(name(&format!("apiVersion: batch/v1\nkind: CronJob\n{cron}\n")), ["a"]);
    assert_eq!(name(&format!("apiVersion: batch/v1beta1\nkind: CronJob\n{cron}\n")), ["a"]);
    assert!(name(&format!("apiVersion: example.com/v1\nkind: CronJob\n{cron}\n")).is_empty());
    let ray = "spec: {workerGroupSpecs: [{template: {spec: {serviceAccountName: w}}}, {template: {spec: \
               {serviceAccountName: x}}}]}";
    assert_eq!(name(&format!("apiVersion: ray.io/v1\nkind: RayCluster\n{ray}\n")), ["w", "x"]);
}

#[test]
fn every_way_to_use_a_secret_is_found() {
    let yaml = "\
apiVersion: v1
kind: Pod
spec:
  imagePullSecrets: [{name: pull}]
  initContainers:
  - env: [{name: A, valueFrom: {secretKeyRef: {name: env, key: k}}}, {name: B, value: b}]
  containers:
  - envFrom: [{secretRef: {name: env-from}}, {configMapRef: {name: other}}]
  volumes:
  - {name: a, secret: {secretName: volume}}
  - {name: b, projected: {sources: [{secret: {name: projected}}, {configMap: {name: other}}]}}
  - {name: c, csi: {driver: d, nodePublishSecretRef: {name: csi}}}
  - {name: d, emptyDir: {}}
";
    let found = with_object(yaml, |object| {
        let spec = object.pod_specs().next().unwrap();
        let text = |found: SecretReference<'_>| (found.node.as_str().unwrap().to_owned(), found.use_);
        spec.secret_references().map(text).collect::<Vec<_>>()
    });
    let expected = [
        ("volume", SecretUse::Volume),
        ("projected", SecretUse::Projected),
        ("csi", SecretUse::Csi),
        ("env", SecretUse::Env),
        ("env-from", SecretUse::EnvFrom),
        ("pull", SecretUse::ImagePull),
    ];
    assert_eq!(found, expected.map(|(name, use_)| (name.to_owned(), use_)));
}

#[test]
fn what_only_the_api_server_writes_marks_a_dump() {
    for (rest, expected) in [
        ("metadata: {resourceVersion: '12'}", true),
        ("metadata: {managedFields: [{manager: kubectl}]}", true),
        ("metadata: {uid: 2f1c}\nstatus: {phase: Running}", true),
        ("metadata: {uid: 2f1c}", false),
        ("metadata: {name: a}\nstatus: {phase: Running}", false),
        ("metadata: {name: a}\nstatus: {startTime: '2026-01-02T03:04:05Z'}", true),
        ("metadata: {name: a}\nstatus: {containerStatuses: [{ready: true}]}", true),
        ("metadata: {name: a}\nstatus: {observedGeneration: 2}", true),
        ("metadata: {name: a}\nstatus: {}", false),
        ("metadata: {resourceVersion: }", false),
    ] {
        let yaml = format!("apiVersion: v1\nkind: Pod\n{rest}\n");
        with_object(&yaml, |object| assert_eq!(object.is_dump(), expected, "{rest}"));
    }
}
