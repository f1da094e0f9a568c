//! The folder in which command lines of the documents run: the files that they name, and the reference server.

use std::fs;

use authspec_reference_server::accounts;

use crate::blocks::documents;
use crate::server::Server;
use crate::support::Place;

/// A folder, and a server that runs as long as it.
pub(crate) struct Stage {
    place: Place,
    _server: Server,
}

impl Stage {
    /// A server with these faults, and the files of a project that is audited.
    pub(crate) fn new(faults: &[String]) -> Self {
        let faults: Vec<&str> = faults.iter().map(String::as_str).collect();
        let server = Server::with(&faults);
        let profile = format!(
            "target: {}\nguarded: [GET /basic]\nbasic: {{ user: alice, password: \"${{env.API_PASSWORD}}\" }}\n",
            server.origin()
        );
        let place = Place::new()
            .file("authspec.yaml", &profile)
            .file("api.yaml", &profile)
            .file("profiles/one.yaml", &profile)
            .file("profiles/two.yaml", &profile)
            .file("known.yaml", "[]\n")
            .file("openapi.yaml", include_str!("openapi.yaml"));
        // what a document calls by a name, the reader has saved under it
        let named = documents().into_iter().flat_map(|document| document.blocks);
        let place = named.fold(place, |place, block| match block.comment("file") {
            Some(name) => place.file(name, &block.text),
            None => place,
        });
        let stage = Self {
            place,
            _server: server,
        };
        stage.reports();
        stage
    }

    /// Reports by the names under which the documents go on with them.
    fn reports(&self) {
        let words =
            |line: &str| -> Vec<String> { line.split_whitespace().map(str::to_owned).collect() };
        let run = |line: &str| self.run(&words(line), &[]).unwrap();
        run("run basic/challenge --record --report json=r.json");
        for part in 1..=3 {
            run(&format!(
                "run basic/challenge --shard {part}/3 --report json={part}.json"
            ));
        }
        let path = |name: &str| self.place.path().join(name);
        for name in ["report.json", "authspec.json", "main.json", "again.json"] {
            fs::copy(path("r.json"), path(name)).unwrap();
        }
    }

    /// What the program prints there; an error where it can't use what it was given.
    pub(crate) fn run(
        &self,
        arguments: &[String],
        environment: &[(String, String)],
    ) -> Result<String, String> {
        let mut command = self.place.command();
        command
            .args(arguments)
            .env("API_PASSWORD", accounts()[0].password);
        // `...` is for the reader to fill in
        let given = environment.iter().filter(|(_, value)| value != "...");
        command.envs(given.map(|(name, value)| (name, value)));
        let output = command.output().map_err(|why| why.to_string())?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let said = text(&output.stdout) + &text(&output.stderr);
        match output.status.code() {
            Some(2 | 4) | None => Err(format!(
                "it can't be used as it stands; if it lacks a file, tests/docs/stage.rs lays out what there is:\n{said}"
            )),
            Some(_) => Ok(said),
        }
    }
}
