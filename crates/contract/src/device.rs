/// The words between the browser and the operating system in the name of a device.
const SEPARATOR: &str = " on ";

/// Returns the English name of a device: its browser or program, and its operating system. Example: `Firefox on Linux`.
pub fn device_name(program: &str, system: Option<&str>) -> String {
    match system {
        Some(system) => format!("{program}{SEPARATOR}{system}"),
        None => program.to_owned(),
    }
}

/// Splits a name of [`device_name`] into the browser or program, and the operating system.
pub fn device_parts(device: &str) -> (&str, Option<&str>) {
    device.rsplit_once(SEPARATOR).map_or((device, None), |(program, system)| (program, Some(system)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_a_name_into_its_parts() {
        for parts in
            [("Firefox", Some("Linux")), ("curl", None), ("on", None), ("Ride on", Some("iOS")), ("", None)]
        {
            assert_eq!(device_parts(&device_name(parts.0, parts.1)), parts);
        }
    }
}
