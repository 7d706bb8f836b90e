import './account-templates';
import './contact-templates';
import './export-templates';
import './key-templates';
