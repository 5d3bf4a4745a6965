//! Recipes, with lines of `--set PATH=VALUE` at their end; one that is read is designed
//! for a sampling rate, and says the same when it is written again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use soleus::recipe::Recipe;
use soleus::units::Hertz;
use soleus_fuzz::check_error;

fuzz_target!(|text: &str| {
    let mut parts = text.split("\n--set ");
    let toml = parts.next().unwrap_or_default();
    let settings: Vec<String> = parts.map(str::to_owned).collect();
    let recipe = match Recipe::from_toml(toml, &settings) {
        Ok(recipe) => recipe,
        Err(error) => return check_error(&error),
    };
    recipe.check().expect("a recipe that was read is one that passes");
    let written = toml::to_string(&recipe).expect("a recipe can be written");
    let again = Recipe::from_toml(&written, &[]).expect("what was written is read");
    assert_eq!(recipe, again);
    design(&recipe);
});

fn design(recipe: &Recipe) {
    let rate = Hertz::new(1000.0).expect("a rate");
    let said = [
        recipe.check_rate(rate).err(),
        recipe.design_chain(rate).err(),
        recipe.design_envelope(rate).err(),
    ];
    said.iter().flatten().for_each(check_error);
}
